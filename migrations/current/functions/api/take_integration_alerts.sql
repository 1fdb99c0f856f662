-- The integrations that need their users and of which nobody has been told yet, for the server alone. Whoever takes one
-- tells of it and notes that; else it is taken again two minutes later, which is longer than a receiver is tried.
create or replace function cloakroom_api.take_integration_alerts() returns setof cloakroom_api.integration_alert
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  return query
    update cloakroom.integrations i set alert_due_at = clock_timestamp() + interval '2 minutes'
    where i.id in (
      select d.id from cloakroom.integrations d where d.alert_due_at <= clock_timestamp()
      order by d.alert_due_at limit 100 for no key update skip locked)
    returning i.id, i.organization_id, i.token_version;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
