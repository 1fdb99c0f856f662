-- A use under way with its integration, locked in the order of a deletion: the integration first. From here on the
-- server acts for whoever began it. CR404 where it is over or gone, and whatever has become of the person's role.
create or replace function cloakroom_private.locked_integration_use(use_id uuid, purpose text, minimum text)
returns cloakroom.integration_uses
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_use cloakroom.integration_uses;
begin
  select * into v_use from cloakroom.integration_uses u where u.id = locked_integration_use.use_id
    and u.purpose = locked_integration_use.purpose and u.expires_at > clock_timestamp();
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.act_for(v_use.user_id, v_use.session_id);
  perform from cloakroom.integrations i where i.id = v_use.integration_id for no key update;
  select * into v_use from cloakroom.integration_uses u where u.id = locked_integration_use.use_id for update;
  if not found or v_use.expires_at <= clock_timestamp() then
    perform cloakroom_private.not_found();
  end if;
  -- Not before: whoever was removed or signed out while this waited is refused as they are now.
  perform cloakroom_private.require_role(v_use.organization_id, minimum);
  return v_use;
end $$;
