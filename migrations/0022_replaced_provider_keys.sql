-- A provider key is replaced once: which key took its place stands in its row until it is activated again.

set local role cloakroom_owner;

alter table cloakroom.provider_keys
  -- No foreign key: deleting the new key would lock the old one after it, and a deletion of the organization locks them
  -- the other way round. An id of no key is as good as none.
  -- Null for keys that were replaced before this column was there: only the audit log says by what, and nothing is
  -- computed from that. Deactivated as they are, they are refused without it; one in quarantine can be replaced anew.
  add column replaced_by uuid,
  add constraint a_replaced_key_is_inactive check (replaced_by is null or not is_active);

reset role;
