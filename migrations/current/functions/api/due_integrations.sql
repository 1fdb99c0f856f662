-- The integrations whose tokens are to be replaced now, for the server alone: the one that ends first comes first. After
-- them, those whose tokens have ended and that have nothing to get others with: to begin a refresh finds that they need
-- their users. services: those at which the caller is a client, since no other could be asked; all where null.
create or replace function cloakroom_api.due_integrations(services text[] default null) returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  return query
    select i.id from cloakroom.integrations i
    where i.status = 'ACTIVE' and i.refresh_at <= now()
      and case when i.refresh_secret_id is null then i.expires_at <= now()
        else due_integrations.services is null or i.service = any (due_integrations.services) end
      and coalesce(i.retry_at, i.refresh_at) <= now()
      and coalesce(i.lease_until, i.refresh_at) <= now()
    order by i.refresh_secret_id is null, i.refresh_at, i.id limit 100;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
