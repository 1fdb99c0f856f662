-- Changes the caller's `name` (null clears it); what `changes` leaves out stays.
create or replace function cloakroom_api.update_profile(changes jsonb) returns cloakroom_api.profile
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user cloakroom.users;
begin
  v_user := cloakroom_private.locked_person();
  perform cloakroom_private.require_shape(changes, '{"name": "string"}', 'input');
  if changes ? 'name' then
    v_user.name := case when changes ->> 'name' is not null then
      cloakroom_private.require_text(changes ->> 'name', 200, 'input.name') end;
    update cloakroom.users u set name = v_user.name where u.id = v_user.id;
  end if;
  return cloakroom_private.profile_row(v_user);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
