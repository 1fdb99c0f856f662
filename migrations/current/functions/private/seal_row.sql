-- Before a row is written: moves each value of a sensitive column out of `values`, sealed into `sealed` and masked into
-- `masks`, so that no plaintext of one reaches heap or WAL, whoever writes; who has no access to the organization's key
-- is refused (CR404). Runs once a row: what begin_sealing kept is read without a query, which would cost as much as the
-- sealing.
create or replace function cloakroom_private.seal_row() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_kept text := current_setting('cloakroom.sealing', true);
  v_columns text[];
  v_key bytea;
  v_column text;
  v_value jsonb;
begin
  if v_kept = new.table_id::text then
    return new;
  elsif starts_with(v_kept, new.table_id::text) then
    v_key := decode(substr(v_kept, 37, 64), 'hex');
    v_columns := substr(v_kept, 101)::text[];
  else
    v_columns := cloakroom_private.columns_to_seal(new.table_id);
  end if;
  for v_place in 1 .. cardinality(v_columns) by 2 loop
    v_column := v_columns[v_place];
    v_value := new."values" -> v_column;
    if v_value is not null then
      v_key := coalesce(v_key, cloakroom_private.organization_key(new.organization_id));
      new."values" := new."values" - v_column;
      new.sealed[v_column] := to_jsonb(cloakroom_private.seal(
        v_value::text, v_key, cloakroom_private.cell_place(new.id, v_column)));
      new.masks[v_column] := to_jsonb(cloakroom_private.cell_mask(v_value, v_columns[v_place + 1]));
    end if;
  end loop;
  return new;
end $$;
