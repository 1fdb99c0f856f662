alter table cloakroom.account_exports enable row level security;
alter table cloakroom.account_exports force row level security;

drop policy if exists "people reach their own exports" on cloakroom.account_exports;
create policy "people reach their own exports" on cloakroom.account_exports for all to cloakroom_owner
  using (user_id = (select cloakroom_private.caller_id()));
