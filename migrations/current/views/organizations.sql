-- The caller's organizations, for PostgREST's GET. What stands in cloakroom_api is checked as the caller, who may read one
-- thing: the view of the same content in cloakroom_private. That one reads the tables as cloakroom_owner, whom row security
-- binds to the organizations of the caller's live session. Nobody else has a privilege on a table, and none is needed.
create or replace view cloakroom_private.shown_organizations as
select o.id, o.name, m.role, o.created_at
from cloakroom.members m join cloakroom.organizations o on o.id = m.organization_id
where m.user_id = (select cloakroom_private.caller_id());
alter view cloakroom_private.shown_organizations owner to cloakroom_owner;

create or replace view cloakroom_api.organizations with (security_invoker = true) as
select * from cloakroom_private.shown_organizations;
alter view cloakroom_api.organizations owner to cloakroom_owner;
