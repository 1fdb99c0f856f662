-- The sequence of the last row of a column's next batch; null where every row is converted or nothing is to be.
create or replace function cloakroom_private.end_of_batch(this_column cloakroom.columns) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select max(b.sequence) from (
      select r.sequence from cloakroom.rows r
      where r.table_id = this_column.table_id and r.sequence > this_column.converted_to
      order by r.sequence limit 2000) b);
end $$;
