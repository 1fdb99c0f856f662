-- Refuses to lose a member who is the last OWNER that can act; one who was invited and never came cannot.
create or replace function cloakroom_private.keep_an_owner(leaving cloakroom.members) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if leaving.role = 'OWNER' and leaving.user_id is not null and not exists (
    select from cloakroom.members m
    where m.organization_id = leaving.organization_id and m.role = 'OWNER' and m.user_id is not null
      and m.id <> leaving.id
  ) then
    raise exception 'The last owner must stay.' using errcode = 'CR403';
  end if;
end $$;
