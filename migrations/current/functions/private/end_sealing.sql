-- Forgets what begin_sealing kept.
create or replace function cloakroom_private.end_sealing() returns void
language plpgsql volatile set search_path = '' as $$
begin
  perform set_config('cloakroom.sealing', '', true);
end $$;
