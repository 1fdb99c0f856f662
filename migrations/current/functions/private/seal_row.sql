-- Before a row is written: moves each value of a sensitive column out of `values`, sealed into `sealed` and masked into
-- `masks`, so that no plaintext of one reaches heap or WAL, whoever writes.
create or replace function cloakroom_private.seal_row() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_sealing jsonb := nullif(current_setting('cloakroom.sealing', true), '');
  v_column text;
  v_style text;
  v_value jsonb;
begin
  if v_sealing ->> 'table' is distinct from new.table_id::text then
    v_sealing := cloakroom_private.sealing_of(new.table_id, new.organization_id);
  end if;
  for v_column, v_style in
    select m.key, m.value from jsonb_each_text(v_sealing -> 'masks') m where new."values" ? m.key
  loop
    v_value := new."values" -> v_column;
    new."values" := new."values" - v_column;
    new.sealed := new.sealed || jsonb_build_object(v_column, cloakroom_private.seal(
      v_value::text, decode(v_sealing ->> 'key', 'hex'), cloakroom_private.cell_place(new.id, v_column)));
    new.masks := new.masks || jsonb_build_object(v_column, cloakroom_private.cell_mask(v_value, v_style));
  end loop;
  return new;
end $$;
