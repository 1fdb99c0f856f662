-- The columns whose cells are still to be converted, for the server alone: what a crash interrupted.
create or replace function cloakroom_api.unfinished_conversions() returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query select c.id from cloakroom.columns c where c.conversion is not null order by c.created_at, c.id;
end $$;
