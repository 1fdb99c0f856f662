-- Moves a column to a position, counted from 0, and the ones between up or down; returns where it stands. Null moves
-- nothing.
create or replace function cloakroom_private.move_column(this_column cloakroom.columns, "position" jsonb) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_from integer := this_column.position;
  v_to integer;
  v_last integer;
begin
  if move_column."position" is null then
    return v_from;
  end if;
  select max(c.position) into v_last from cloakroom.columns c where c.table_id = this_column.table_id;
  if move_column."position" #>> '{}' !~ '^[0-9]{1,9}$' or (move_column."position" #>> '{}')::integer > v_last then
    perform cloakroom_private.refuse_input('input.position', format('Expected a position from 0 to %s.', v_last));
  end if;
  v_to := (move_column."position" #>> '{}')::integer;
  update cloakroom.columns c set position = case
    when c.id = this_column.id then v_to
    when v_from < v_to then c.position - 1
    else c.position + 1 end
  where c.table_id = this_column.table_id and c.position between least(v_from, v_to) and greatest(v_from, v_to);
  return v_to;
end $$;
