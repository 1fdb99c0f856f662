-- Notes that the caller, whose role is at least `minimum`, may have the token of an integration used for one purpose.
create or replace function cloakroom_private.add_integration_use(
  integration_id uuid, purpose text, minimum text, method text
) returns cloakroom_api.integration_use
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_user uuid := cloakroom_private.require_caller();
  v_integration cloakroom.integrations;
  v_answer cloakroom_api.integration_use;
begin
  select * into v_integration from cloakroom.integrations i where i.id = add_integration_use.integration_id;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.require_role(v_integration.organization_id, minimum);
  v_answer := row(gen_random_uuid(), v_integration.id, v_integration.organization_id, v_integration.service);
  insert into cloakroom.integration_uses values (v_answer.use_id, v_integration.id, v_integration.organization_id,
    purpose, v_user, cloakroom_private.claim('session_id')::uuid, method, null, clock_timestamp() + interval '1 minute');
  return v_answer;
end $$;
