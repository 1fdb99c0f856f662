-- Keeps a trait of a person, one of each name, sealed. One that is the same already is left as it is, its time too.
create or replace function cloakroom_private.store_trait(
  user_id uuid, data_key bytea, name text, value jsonb, confidence double precision, source text
) returns cloakroom.user_traits
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_trait cloakroom.user_traits;
  v_place text;
begin
  select * into v_trait from cloakroom.user_traits t
  where t.user_id = store_trait.user_id and t.name = store_trait.name;
  v_trait.id := coalesce(v_trait.id, gen_random_uuid());
  v_place := 'trait:' || v_trait.id || ':value';
  if cloakroom_private.unseal(v_trait.value_sealed, data_key, v_place)::jsonb = store_trait.value
    and v_trait.confidence = store_trait.confidence and v_trait.source = store_trait.source then
    return v_trait;
  end if;
  v_trait.value_sealed := cloakroom_private.seal(store_trait.value::text, data_key, v_place);
  insert into cloakroom.user_traits as t (id, user_id, name, value_sealed, confidence, source)
  values (v_trait.id, store_trait.user_id, store_trait.name, v_trait.value_sealed, store_trait.confidence, store_trait.source)
  on conflict on constraint a_user_has_a_trait_once do update set
    value_sealed = excluded.value_sealed, confidence = excluded.confidence, source = excluded.source,
    updated_at = excluded.updated_at
  returning t.* into v_trait;
  return v_trait;
end $$;
