-- Changes what an organization may use over all its provider keys: {requestsPerMinute, tokensPerDay, models}. What is left
-- out stays, null lifts a limit. ADMIN. Audited.
create or replace function cloakroom_api.set_usage_limits(organization_id uuid, limits jsonb)
returns cloakroom_api.usage_limits
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_limits cloakroom_api.usage_limits;
begin
  perform cloakroom_private.require_caller();
  perform cloakroom_private.lock_organization(set_usage_limits.organization_id);
  perform cloakroom_private.require_role(set_usage_limits.organization_id, 'ADMIN');
  select l.requests_per_minute, l.tokens_per_day, l.models into v_limits from cloakroom.usage_limits l
  where l.organization_id = set_usage_limits.organization_id for update;
  v_limits := cloakroom_private.changed_limits(v_limits, set_usage_limits.limits, 'input.limits');
  insert into cloakroom.usage_limits as l values (
    set_usage_limits.organization_id, v_limits.requests_per_minute, v_limits.tokens_per_day, v_limits.models)
  on conflict on constraint usage_limits_pkey do update set requests_per_minute = excluded.requests_per_minute,
    tokens_per_day = excluded.tokens_per_day, models = excluded.models;
  perform cloakroom_private.append_audit_event(set_usage_limits.organization_id, 'USAGE_LIMITS_SET', 'organization',
    set_usage_limits.organization_id, null,
    jsonb_build_object('limits', cloakroom_private.limits_as_details(v_limits)));
  return v_limits;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
