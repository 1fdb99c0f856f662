-- Notes that a code was certainly not taken by whoever carries codes: another may be asked for at once. It stays the
-- newest, and counts for the hour: a sender that refuses is no way to ask more often.
create or replace function cloakroom_api.note_unsent_code(code_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  update cloakroom.verification_codes c set is_unsent = true where c.id = note_unsent_code.code_id;
  return found;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
