-- Decrypts one cell of a sensitive column and writes CELL_REVEALED in the same transaction: no log, no value. MEMBER.
-- A refusal is returned, not raised, since its REVEAL_DENIED must stay: `forbidden` for a viewer, `rate_limited` beyond
-- settings.reveals_per_minute. A stranger gets CR404, a column that is not sensitive CR422, a member whose code is too old
-- CR403 with REAUTHENTICATE; nothing is written then.
-- Whoever calls without the server's dispatcher could still undo the event when they have the value. To them the first call
-- answers `recorded`, with the event and no value; a second one, which names it as `recorded_event_id`, the value. All that
-- is handed out on record goes to them that way: an answer with a `recorded_event_id` is to be asked for once more with it.
create or replace function cloakroom_api.reveal_cell(
  row_id uuid, column_id uuid, reason text default null, recorded_event_id uuid default null
) returns cloakroom_api.revealed_cell
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user uuid;
  v_reason text;
  v_cell record;
  v_key bytea;
  v_answer cloakroom_api.revealed_cell;
  v_event cloakroom.audit_events;
begin
  v_user := cloakroom_private.require_caller();
  v_reason := nullif(btrim(reason, E' \t\n\r'), '');
  if length(v_reason) > 2000 then
    perform cloakroom_private.refuse_input('input.reason', 'A reason may have at most 2,000 characters.');
  end if;
  select r.table_id, r.organization_id, r."values", r.sealed, r.updated_at, c.id::text as column_id, c.is_sensitive into v_cell
  from cloakroom.rows r join cloakroom.columns c on c.table_id = r.table_id
  where r.id = reveal_cell.row_id and c.id = reveal_cell.column_id;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  v_answer.row_id := reveal_cell.row_id;
  v_answer.column_id := reveal_cell.column_id;
  if recorded_event_id is not null then
    v_event := cloakroom_private.recorded_event(recorded_event_id, 'CELL_REVEALED', reveal_cell.row_id,
      jsonb_build_object('columnId', v_cell.column_id), v_cell.updated_at);
    perform cloakroom_private.require_role(v_cell.organization_id, 'MEMBER');
    v_answer.outcome := 'revealed';
  else
    select s.outcome, s.retry_after into v_answer.outcome, v_answer.retry_after
    from cloakroom_private.spend_reveal(v_cell.organization_id, v_user) s;
  end if;
  if v_answer.outcome <> 'forbidden' and not v_cell.is_sensitive then
    perform cloakroom_private.refuse_input('input.columnId', 'The column is not sensitive: its values show as they are.');
  end if;
  v_key := cloakroom_private.organization_key(v_cell.organization_id);
  if v_answer.outcome = 'revealed' then
    perform cloakroom_private.require_recent_code();
    if v_event.id is not null or cloakroom_private.is_dispatched() then
      v_answer.value := cloakroom_private.cell_value(
        reveal_cell.row_id, v_cell."values", v_cell.sealed, v_cell.column_id, v_key);
    else
      v_answer.outcome := 'recorded';
    end if;
  end if;
  if v_event.id is null then
    v_event := cloakroom_private.append_audit_event(v_cell.organization_id,
      case when v_answer.outcome in ('revealed', 'recorded') then 'CELL_REVEALED' else 'REVEAL_DENIED' end,
      'row', reveal_cell.row_id, v_reason,
      jsonb_build_object('tableId', v_cell.table_id, 'columnId', v_cell.column_id)
        || case when v_answer.outcome in ('revealed', 'recorded') then '{}'
          else jsonb_build_object('outcome', v_answer.outcome) end, v_key);
  end if;
  v_answer.audit_event := cloakroom_private.audit_event_row(v_event);
  v_answer.recorded_event_id := case when v_answer.outcome = 'recorded' then v_event.id end;
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
