-- The tables of the caller's organizations. See organizations.sql.
create or replace view cloakroom_private.shown_tables as
select t.id, t.organization_id, t.name, t.created_at from cloakroom.tables t;
alter view cloakroom_private.shown_tables owner to cloakroom_owner;

create or replace view cloakroom_api.tables with (security_invoker = true) as
select * from cloakroom_private.shown_tables;
alter view cloakroom_api.tables owner to cloakroom_owner;
