-- The last hundred uses of a provider key out of the audit log, newest first, with what is known of how each ended.
create or replace function cloakroom_private.recent_uses(key cloakroom.provider_keys)
returns setof cloakroom_api.provider_key_use
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select e.id, e.occurred_at, e.actor_id, (select p.name from cloakroom.users p where p.id = e.actor_id),
    e.details ->> 'model', u.input_tokens, u.output_tokens, u.outcome, cloakroom_private.mask(e.ip_sealed, 'FULL'),
    e.details ? 'handedOut'
  from cloakroom.audit_events e left join cloakroom.provider_key_uses u on u.audit_event_id = e.id
  where e.target_id = key.id and e.action = 'PROVIDER_KEY_USED' and e.organization_id = key.organization_id
  order by e.sequence desc limit 100
$$;
