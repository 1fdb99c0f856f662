-- An integration as ADMINs see it: what stands for the token is a mask that says nothing of it. One whose token has ended
-- and that has nothing to get another with needs its user as much as one whose refresh was refused.
create or replace function cloakroom_private.integration_row(integration cloakroom.integrations)
returns cloakroom_api.integration
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select integration.id, integration.organization_id, integration.service, integration.account, integration.scopes,
    cloakroom_private.mask(''::text, 'FULL'), integration.expires_at,
    case when integration.refresh_secret_id is null and integration.expires_at <= clock_timestamp()
      then 'NEEDS_RECONNECT' else integration.status end,
    integration.created_at
$$;
