-- Recomputes an organization's chain. `first_invalid` is the sequence of the first event that was changed, does not
-- follow the one before or comes after a gap; where the end was cut off, that of the first one missing. ADMIN. One
-- statement, so that events and head are of one moment.
create or replace function cloakroom_api.verify_audit_log(organization_id uuid) returns cloakroom_api.audit_verification
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_answer cloakroom_api.audit_verification;
begin
  perform cloakroom_private.require_role(verify_audit_log.organization_id, 'ADMIN');
  with events as (
    select e.sequence, e.hash,
      e.sequence <> row_number() over chain
        or e.previous_hash <> coalesce(lag(e.hash) over chain, repeat('0', 64))
        or e.hash <> cloakroom_private.audit_hash(e) as is_broken
    from cloakroom.audit_events e where e.organization_id = verify_audit_log.organization_id
    window chain as (order by e.sequence)
  ), chain as (
    select count(*)::integer as length, min(sequence) filter (where is_broken) as first_broken,
      coalesce(max(sequence), 0) as last, coalesce((array_agg(hash order by sequence desc))[1], repeat('0', 64)) as hash
    from events
  ), head as (
    select coalesce(max(h.sequence), 0) as sequence, coalesce(max(h.hash), repeat('0', 64)) as hash
    from cloakroom.audit_heads h where h.organization_id = verify_audit_log.organization_id
  )
  select null::boolean, c.length, least(c.first_broken, case
      when c.last < h.sequence then c.last + 1
      when c.last > h.sequence then h.sequence + 1
      when c.hash <> h.hash then h.sequence end)
    into v_answer
  from chain c, head h;
  v_answer.valid := v_answer.first_invalid is null;
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
