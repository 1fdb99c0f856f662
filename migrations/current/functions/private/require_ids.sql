-- Each of the ids once; CR422 for more than 1,000, since each is work, found or not.
create or replace function cloakroom_private.require_ids(ids uuid[], field text) returns uuid[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if cardinality(ids) > 1000 then
    perform cloakroom_private.refuse_input(field, 'At most 1,000 ids a call.');
  end if;
  return array(select distinct i from unnest(ids) i where i is not null order by i);
end $$;
