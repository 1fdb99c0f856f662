-- Refuses, in words that say what to do, to delete the account of one whom an organization with others in it has for its
-- only owner.
create or replace function cloakroom_private.refuse_leaving_ownerless(leaving cloakroom.members) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform cloakroom_private.keep_an_owner(leaving);
exception when sqlstate 'CR403' then
  raise exception 'You are the last owner of an organization in which there are others: make one of them an owner, or delete it first.'
    using errcode = 'CR403';
end $$;
