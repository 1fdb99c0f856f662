-- What the caller's organizations among these may use over all their provider keys; nothing of others. At most 1,000 ids.
create or replace function cloakroom_api.usage_limits(organization_ids uuid[])
returns setof cloakroom_api.organization_usage_limits
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  perform cloakroom_private.require_caller();
  return query
    select o.id, row(l.requests_per_minute, l.tokens_per_day, l.models)::cloakroom_api.usage_limits
    from unnest(cloakroom_private.require_ids(organization_ids, 'organizationIds')) i(id)
    join cloakroom.organizations o on o.id = i.id
    left join cloakroom.usage_limits l on l.organization_id = o.id;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
