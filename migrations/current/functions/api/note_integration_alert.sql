-- Notes that somebody was told of an integration that needs its user; false where it was renewed since, or is gone. The
-- server alone.
create or replace function cloakroom_api.note_integration_alert(integration_id uuid, token_version integer)
returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  update cloakroom.integrations i set alert_due_at = null
  where i.id = note_integration_alert.integration_id and i.token_version = note_integration_alert.token_version;
  return found;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
