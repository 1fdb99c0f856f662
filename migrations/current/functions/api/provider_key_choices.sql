-- The keys of an organization that may be used, newest first, at most 100. MEMBER.
create or replace function cloakroom_api.provider_key_choices(organization_id uuid)
returns setof cloakroom_api.provider_key_choice
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  perform cloakroom_private.require_role(provider_key_choices.organization_id, 'MEMBER');
  return query select * from unnest(cloakroom_private.usable_provider_keys(provider_key_choices.organization_id));
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
