-- CR409 for a provider key that may not be used as things stand.
create or replace function cloakroom_private.refuse_unusable_key(key cloakroom.provider_keys) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if key.quarantined_at is not null then
    raise exception 'This provider key is in quarantine.' using errcode = 'CR409';
  elsif not key.is_active then
    raise exception 'This provider key is deactivated.' using errcode = 'CR409';
  end if;
end $$;
