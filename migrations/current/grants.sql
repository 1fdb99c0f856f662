-- The database's public surface. Whoever is not named here may do nothing.
revoke all on schema cloakroom, cloakroom_api, cloakroom_private from public, anon, authenticated, service_role;
revoke all on all tables in schema cloakroom, cloakroom_api, cloakroom_private
  from public, anon, authenticated, service_role, cloakroom_guard;
revoke all on all functions in schema cloakroom_api from public, anon, authenticated, service_role;
revoke all on all functions in schema cloakroom_private from public, anon, authenticated, service_role, cloakroom_guard;

-- The guard: what policies ask, and what it must read and write to answer.
alter function cloakroom_private.caller_id() owner to cloakroom_guard;
alter function cloakroom_private.caller_organizations() owner to cloakroom_guard;
alter function cloakroom_private.caller_role(uuid) owner to cloakroom_guard;
alter function cloakroom_private.caller_phone_hash() owner to cloakroom_guard;
alter function cloakroom_private.caller_conversations() owner to cloakroom_guard;
alter function cloakroom_private.conversations_of_caller_alone() owner to cloakroom_guard;
alter function cloakroom_private.has_members(uuid) owner to cloakroom_guard;
alter function cloakroom_private.shares_organization(uuid) owner to cloakroom_guard;
alter function cloakroom_private.require_caller() owner to cloakroom_guard;
alter function cloakroom_private.adoptable_caller() owner to cloakroom_guard;
alter function cloakroom_private.is_phone_taken(bytea) owner to cloakroom_guard;
alter function cloakroom_private.columns_to_seal(uuid) owner to cloakroom_guard;
grant usage on schema cloakroom, cloakroom_private to cloakroom_guard;
grant select on
  cloakroom.sessions, cloakroom.ended_sessions, cloakroom.members, cloakroom.users, cloakroom.participants, cloakroom.columns
  to cloakroom_guard;
grant update (last_used_at) on cloakroom.sessions to cloakroom_guard;
grant update (user_id, joined_at) on cloakroom.members to cloakroom_guard;
grant execute on function
  cloakroom_private.claim(text), cloakroom_private.claimed_id(text), cloakroom_private.membership_lock(uuid),
  cloakroom_private.adopt_caller()
  to cloakroom_guard;
grant execute on function
  cloakroom_private.caller_id(), cloakroom_private.caller_organizations(), cloakroom_private.caller_role(uuid),
  cloakroom_private.caller_phone_hash(), cloakroom_private.caller_conversations(),
  cloakroom_private.conversations_of_caller_alone(),
  cloakroom_private.has_members(uuid), cloakroom_private.shares_organization(uuid), cloakroom_private.require_caller(),
  cloakroom_private.adoptable_caller(), cloakroom_private.is_phone_taken(bytea), cloakroom_private.columns_to_seal(uuid)
  to cloakroom_owner;
grant usage on schema extensions to cloakroom_owner, cloakroom_guard;

-- The login role of the server reaches the dispatcher; what the dispatcher reaches is granted to the roles below.
grant usage on schema cloakroom_private to cloakroom_server;
grant execute on function cloakroom_private.invoke(text, jsonb, text, text, text, jsonb) to cloakroom_server;
grant usage on schema cloakroom_api to authenticated, service_role;

-- Signed-in users.
grant execute on function
  cloakroom_api.me(), cloakroom_api.session(), cloakroom_api.sessions(), cloakroom_api.revoke_session(uuid),
  cloakroom_api.revoke_all_sessions(boolean)
  to authenticated;
grant execute on function
  cloakroom_api.person(), cloakroom_api.update_profile(jsonb), cloakroom_api.set_trait(jsonb),
  cloakroom_api.answer_onboarding(jsonb), cloakroom_api.export_account(), cloakroom_api.delete_account()
  to authenticated;
grant execute on function
  cloakroom_api.organizations(), cloakroom_api.organization(uuid), cloakroom_api.members(uuid[]),
  cloakroom_api.create_organization(text), cloakroom_api.delete_organization(uuid),
  cloakroom_api.add_member(uuid, text, text), cloakroom_api.update_member(uuid, text), cloakroom_api.remove_member(uuid)
  to authenticated;
grant execute on function
  cloakroom_api.provider_keys(uuid), cloakroom_api.insert_provider_key(uuid, text, text, text, text),
  cloakroom_api.update_provider_key(uuid, jsonb), cloakroom_api.delete_provider_key(uuid)
  to authenticated;
grant execute on function
  cloakroom_api.check_provider_key_rotation(uuid, text), cloakroom_api.rotate_provider_key(uuid, text),
  cloakroom_api.quarantine_provider_key(uuid, text), cloakroom_api.release_provider_key(uuid, text),
  cloakroom_api.usage_limits(uuid[]), cloakroom_api.set_usage_limits(uuid, jsonb)
  to authenticated;
grant execute on function cloakroom_api.provider_key_choices(uuid) to authenticated;
grant execute on function
  cloakroom_api.integrations(uuid),
  cloakroom_api.insert_integration(uuid, text, text, text, text, text[], timestamptz),
  cloakroom_api.begin_integration_flow(uuid, text, text[], boolean), cloakroom_api.begin_integration_use(uuid, text),
  cloakroom_api.begin_integration_deletion(uuid), cloakroom_api.delete_integration(uuid)
  to authenticated;
grant execute on function
  cloakroom_api.tables(uuid), cloakroom_api.table_by_id(uuid), cloakroom_api.create_table(uuid, text, jsonb),
  cloakroom_api.rename_table(uuid, text), cloakroom_api.delete_table(uuid),
  cloakroom_api.columns(uuid[]), cloakroom_api.add_column(uuid, jsonb), cloakroom_api.update_column(uuid, jsonb),
  cloakroom_api.delete_column(uuid), cloakroom_api.convert_column(uuid),
  cloakroom_api.rows(uuid[], integer, bigint), cloakroom_api.row_by_id(uuid), cloakroom_api.row_counts(uuid[]),
  cloakroom_api.add_rows(uuid, jsonb), cloakroom_api.update_row(uuid, jsonb, integer), cloakroom_api.delete_rows(uuid[])
  to authenticated;
grant execute on function
  cloakroom_api.reveal_cell(uuid, uuid, text, uuid), cloakroom_api.verify_audit_log(uuid),
  cloakroom_api.audit_events(uuid, jsonb, integer, integer)
  to authenticated;
grant execute on function
  cloakroom_api.conversations(integer, jsonb), cloakroom_api.messages(uuid[], integer, jsonb)
  to authenticated;
grant execute on function
  cloakroom_api.webhook_endpoints(uuid), cloakroom_api.webhook_endpoint_by_id(uuid),
  cloakroom_api.add_webhook_endpoint(uuid, text, text, text),
  cloakroom_api.rotate_webhook_secret(uuid, text, integer), cloakroom_api.delete_webhook_endpoint(uuid),
  cloakroom_api.webhook_events(uuid[], integer, bigint, boolean)
  to authenticated;

-- The same, read through row security: a view in cloakroom_api, the one that it stands on, and what its policies ask. Of
-- cloakroom_private a user has no more than that, nor its USAGE, so that none of it can be named.
grant select on
  cloakroom_api.organizations, cloakroom_api.members, cloakroom_api.tables, cloakroom_api.columns, cloakroom_api.rows,
  cloakroom_private.shown_organizations, cloakroom_private.shown_members, cloakroom_private.shown_tables,
  cloakroom_private.shown_columns, cloakroom_private.shown_rows
  to authenticated;
grant execute on function
  cloakroom_private.caller_id(), cloakroom_private.caller_organizations(), cloakroom_private.shares_organization(uuid),
  cloakroom_private.is_service(), cloakroom_private.masks_of_plain_cells(jsonb, jsonb)
  to authenticated;

-- The server itself.
grant execute on function
  cloakroom_api.configure_limits(jsonb), cloakroom_api.configure_onboarding(jsonb),
  cloakroom_api.start_verification(text, text, timestamptz), cloakroom_api.note_unsent_code(uuid),
  cloakroom_api.spend_code_try(text, text, integer),
  cloakroom_api.confirm_verification(text, text, text, boolean, text, integer, uuid, uuid),
  cloakroom_api.refresh_session(text)
  to service_role;
grant execute on function cloakroom_api.unfinished_conversions(), cloakroom_api.convert_column(uuid) to service_role;
grant execute on function
  cloakroom_api.connect(text, jsonb), cloakroom_api.connected_account(text), cloakroom_api.save_thread(text, jsonb, timestamptz),
  cloakroom_api.disconnect(text, boolean)
  to service_role;
grant execute on function
  cloakroom_api.ingest_message(text, text, text, text, double precision, text[], text, text, text, boolean)
  to service_role;
grant execute on function
  cloakroom_api.get_integration_token(uuid), cloakroom_api.take_integration_flow(text, uuid, uuid),
  cloakroom_api.finish_integration_flow(uuid, text, text, text, text[], integer),
  cloakroom_api.open_integration_use(uuid, integer, uuid), cloakroom_api.end_integration_use(uuid),
  cloakroom_api.finish_integration_deletion(uuid, uuid), cloakroom_api.due_integrations(text[]),
  cloakroom_api.begin_integration_refresh(uuid, integer, uuid),
  cloakroom_api.finish_integration_refresh(uuid, integer, text, text, integer, text[]),
  cloakroom_api.fail_integration_refresh(uuid, uuid, boolean, integer),
  cloakroom_api.take_integration_alerts(), cloakroom_api.note_integration_alert(uuid, integer),
  cloakroom_api.is_integration_token_held(text, text)
  to service_role;
grant execute on function cloakroom_api.receive_webhook(uuid, jsonb, text) to service_role;
grant execute on function
  cloakroom_api.get_decrypted_provider_key(uuid), cloakroom_api.end_provider_key_use(uuid, integer, integer, text),
  cloakroom_api.take_provider_key(uuid, uuid, uuid, uuid, text, text, integer, uuid)
  to service_role;
grant execute on function cloakroom_api.release() to service_role;

-- Lists through PostgREST; of what they list, this grants nothing.
grant execute on function cloakroom_api.whole_list(text, jsonb) to authenticated, service_role;

-- Where a PostgREST stands in front, it reads anew what there is to call.
notify pgrst, 'reload schema';
