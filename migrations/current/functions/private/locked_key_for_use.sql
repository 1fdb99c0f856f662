-- The key of an organization that a use is for, locked against whoever deactivates it, puts it in quarantine or deletes
-- it: the one of this id, or else the newest active one (of the provider, where one is named, under any of its names).
-- CR404 for an id of none of its keys, CR409 for a key that may not be used, CR422 where there is none.
create or replace function cloakroom_private.locked_key_for_use(
  organization_id uuid, provider_key_id uuid, provider text
) returns cloakroom.provider_keys
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key cloakroom.provider_keys;
  v_provider text := coalesce(cloakroom_private.known_provider(provider), provider);
begin
  -- Twice: the newest may be rotated while this waits for it, and then its successor is the newest.
  for v_attempt in 1..2 loop
    select * into v_key from cloakroom.provider_keys k
    where k.organization_id = locked_key_for_use.organization_id
      and case when locked_key_for_use.provider_key_id is not null then k.id = locked_key_for_use.provider_key_id
        else k.is_active and (v_provider is null
          or coalesce(cloakroom_private.known_provider(k.provider), k.provider) = v_provider) end
    order by k.created_at desc, k.id desc limit 1 for no key update;
    exit when v_key.id is not null;
  end loop;
  if v_key.id is null and provider_key_id is not null then
    perform cloakroom_private.not_found();
  elsif v_key.id is null then
    perform cloakroom_private.refuse_input('input.provider', 'The organization has no active key for this.');
  elsif v_provider is not null
    and coalesce(cloakroom_private.known_provider(v_key.provider), v_key.provider) <> v_provider then
    perform cloakroom_private.refuse_input('input.provider', 'The key is of another provider.');
  end if;
  perform cloakroom_private.refuse_unusable_key(v_key);
  return v_key;
end $$;
