alter table cloakroom.rows enable row level security;
alter table cloakroom.rows force row level security;

drop policy if exists "members reach their rows" on cloakroom.rows;
drop policy if exists "the server finishes conversions" on cloakroom.rows;
drop policy if exists "members reach their rows, the server those it converts" on cloakroom.rows;
create policy "members reach their rows, the server those it converts" on cloakroom.rows for all to cloakroom_owner
  using ((select cloakroom_private.is_service()) or organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
