-- What a key looks like: the first of key_shapes() that fits, nulls where none does.
create or replace function cloakroom_private.key_shape(
  api_key text, out looks_like text, out provider text, out advice text
)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_claims text := cloakroom_private.jwt_claims(api_key);
begin
  select s.looks_like, s.provider, s.advice into looks_like, provider, advice
  from cloakroom_private.key_shapes() s
  where case when s.reads_claims then v_claims else api_key end ~ s.shape
  order by s.place limit 1;
end $$;
