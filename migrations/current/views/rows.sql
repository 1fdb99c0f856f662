-- The rows of the caller's tables, masked as api/rows.sql does it: each sensitive column leaves `values` before the masks
-- go in, so that a plaintext that has not been sealed yet cannot show; `sealed` is not there. See organizations.sql. Found
-- by way of the tables, which are indexed by organization.
create or replace view cloakroom_private.shown_rows as
select r.id, r.table_id,
  case
    when c.hidden is null then r."values"
    when c.converting is null then (r."values" - c.hidden) || r.masks
    else (r."values" - c.hidden) || r.masks || cloakroom_private.masks_of_plain_cells(r."values", c.converting)
  end as "values",
  r.version, r.created_at, r.updated_at, r.sequence
from cloakroom.tables t
cross join lateral (
  select array_agg(c.id::text) as hidden, jsonb_object_agg(c.id, c.mask) filter (where c.conversion is not null) as converting
  from cloakroom.columns c where c.table_id = t.id and c.is_sensitive
) c
join cloakroom.rows r on r.table_id = t.id;
alter view cloakroom_private.shown_rows owner to cloakroom_owner;

create or replace view cloakroom_api.rows with (security_invoker = true) as
select * from cloakroom_private.shown_rows;
alter view cloakroom_api.rows owner to cloakroom_owner;
