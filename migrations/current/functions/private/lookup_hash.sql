-- A keyed hash by which a sealed value can be found. Each kind ('phone', 'chat', 'code') has a key of its own, so that
-- equal values of two kinds do not show as equal. Null stays null. Volatile: keep it in a variable, not in a `where`.
create or replace function cloakroom_private.lookup_hash(kind text, value text) returns bytea
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_key bytea;
begin
  if value is null then
    return null;
  end if;
  v_key := cloakroom_private.place_key(cloakroom_private.lookup_key(), 'lookup:' || kind);
  return extensions.hmac(convert_to(value, 'UTF8'), v_key, 'sha256');
end $$;
