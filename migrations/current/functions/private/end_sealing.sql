-- Forgets what begin_sealing kept.
create or replace function cloakroom_private.end_sealing() returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('cloakroom.sealing', '', true);
end $$;
