-- The integrations whose tokens are to be replaced now, for the server alone: the one that ends first comes first. After
-- them, those whose tokens have ended and that have nothing to get others with: to begin a refresh finds that they need
-- their users.
create or replace function cloakroom_api.due_integrations() returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  return query
    select i.id from cloakroom.integrations i
    where i.status = 'ACTIVE' and i.refresh_at <= now()
      and (i.refresh_secret_id is not null or i.expires_at <= now())
      and coalesce(i.retry_at, i.refresh_at) <= now()
      and coalesce(i.lease_until, i.refresh_at) <= now()
    order by i.refresh_secret_id is null, i.refresh_at, i.id limit 100;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
