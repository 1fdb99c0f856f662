-- An answer becomes the trait that its step names; one left open takes back the trait that an earlier answer became.
create or replace function cloakroom_private.keep_answer_as_trait(user_id uuid, data_key bytea, name text, answer jsonb)
returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if answer <> 'null' then
    perform cloakroom_private.store_trait(user_id, data_key, name, answer, 1, 'onboarding');
    return;
  end if;
  delete from cloakroom.user_traits t
  where t.user_id = keep_answer_as_trait.user_id and t.name = keep_answer_as_trait.name and t.source = 'onboarding';
  if found then
    update cloakroom.trait_profiles p set drawn_at = clock_timestamp() where p.user_id = keep_answer_as_trait.user_id;
  end if;
end $$;
