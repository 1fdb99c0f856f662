-- The columns of the caller's tables. See organizations.sql. Found by way of the tables, which are indexed by organization.
create or replace view cloakroom_private.shown_columns as
select c.id, c.table_id, c.name, c.type, c.is_sensitive as sensitive, c.mask, c.is_required as required, c.options,
  c.position, c.conversion is not null as converting
from cloakroom.tables t join cloakroom.columns c on c.table_id = t.id;
alter view cloakroom_private.shown_columns owner to cloakroom_owner;

create or replace view cloakroom_api.columns with (security_invoker = true) as
select * from cloakroom_private.shown_columns;
alter view cloakroom_api.columns owner to cloakroom_owner;
