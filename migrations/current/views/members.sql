-- The members of the caller's organizations, their phones masked. See organizations.sql.
create or replace view cloakroom_private.shown_members as
select m.id, m.organization_id, m.user_id, u.name, m.phone_mask as phone, m.role, m.joined_at
from cloakroom.members m left join cloakroom.users u on u.id = m.user_id;
alter view cloakroom_private.shown_members owner to cloakroom_owner;

create or replace view cloakroom_api.members with (security_invoker = true) as
select * from cloakroom_private.shown_members;
alter view cloakroom_api.members owner to cloakroom_owner;
