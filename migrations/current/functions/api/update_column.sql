-- Changes a column: name, sensitive, unseal, mask, required, options, position; what `changes` leaves out or gives as
-- null stays. ADMIN; to unseal is to reveal, and CR403 with REAUTHENTICATE to one whose code is too old. Where stored
-- cells must be sealed, masked anew or unsealed, the answer is `converting`, and convert_column does it; from this
-- transaction on new values are written, and all are shown, as the column says.
create or replace function cloakroom_api.update_column(id uuid, changes jsonb) returns cloakroom_api.data_column
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_shape constant jsonb := jsonb '{"name": "string", "sensitive": "boolean", "unseal": "boolean",
    "mask": "string", "required": "boolean", "options": "array", "position": "number"}';
  v_old cloakroom.columns;
  v_changes jsonb;
  v_new cloakroom.columns;
begin
  v_old := cloakroom_private.locked_column(update_column.id);
  perform cloakroom_private.require_shape(changes, v_shape, 'input');
  v_changes := jsonb_strip_nulls(changes);
  v_new := cloakroom_private.changed_column(v_old, v_changes);
  -- It reveals the whole column.
  if v_new.conversion = 'unsealing' and v_old.conversion is null then
    perform cloakroom_private.require_recent_code();
  end if;
  begin
    update cloakroom.columns c set name = v_new.name, is_sensitive = v_new.is_sensitive, mask = v_new.mask,
      is_required = v_new.is_required, options = v_new.options, conversion = v_new.conversion,
      converted_to = v_new.converted_to
    where c.id = v_old.id;
  exception when unique_violation then
    perform cloakroom_private.refuse_taken_name('column', 'input.name');
  end;
  if v_new.is_required and not v_old.is_required then
    perform cloakroom_private.refuse_if_empty_cells(v_new, 'input.required');
  end if;
  v_new.position := cloakroom_private.move_column(v_old, v_changes -> 'position');
  if v_new.conversion is distinct from v_old.conversion then
    perform cloakroom_private.append_audit_event(v_old.organization_id,
      case v_new.conversion when 'sealing' then 'COLUMN_SEALED' else 'COLUMN_UNSEALED' end, 'column', v_old.id, null,
      jsonb_build_object('tableId', v_old.table_id, 'name', v_new.name, 'mask', v_new.mask));
  end if;
  return cloakroom_private.column_row(v_new);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
