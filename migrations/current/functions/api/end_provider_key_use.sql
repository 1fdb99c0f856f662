-- A use is over, once: what it reserved is free again, and what it took is counted to the UTC day on which it began. The
-- server alone. Tokens that nobody counted are null: then what was reserved is what it took. outcome: COMPLETED |
-- UPSTREAM_ERROR | ABORTED (the client went away) | FAILED. False where there is no such use, or it ended before.
create or replace function cloakroom_api.end_provider_key_use(
  use_id uuid, input_tokens integer default null, output_tokens integer default null, outcome text default 'COMPLETED'
) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_use cloakroom.provider_key_uses;
begin
  if coalesce(outcome, '') not in ('COMPLETED', 'UPSTREAM_ERROR', 'ABORTED', 'FAILED') then
    perform cloakroom_private.refuse_input('outcome', 'Expected COMPLETED, UPSTREAM_ERROR, ABORTED or FAILED.');
  end if;
  -- What an upstream counted is its own claim: it may be rubbish, but never less than nothing.
  update cloakroom.provider_key_uses u set ended_at = clock_timestamp(), outcome = end_provider_key_use.outcome,
    input_tokens = case when end_provider_key_use.input_tokens < 0 then 0 else end_provider_key_use.input_tokens end,
    output_tokens = case when end_provider_key_use.output_tokens < 0 then 0 else end_provider_key_use.output_tokens end
  where u.id = end_provider_key_use.use_id and u.ended_at is null returning * into v_use;
  if not found then
    return false;
  end if;
  update cloakroom.provider_key_tokens t
  set tokens = t.tokens + case
    when num_nulls(v_use.input_tokens, v_use.output_tokens) = 2 then v_use.tokens_reserved
    else coalesce(v_use.input_tokens, 0)::bigint + coalesce(v_use.output_tokens, 0) end
  where t.organization_id = v_use.organization_id and t.day = (v_use.begun_at at time zone 'UTC')::date
    and t.provider_key_id = v_use.provider_key_id;
  perform cloakroom_private.forget_old_uses(v_use.organization_id);
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
