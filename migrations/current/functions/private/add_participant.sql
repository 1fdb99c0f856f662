-- Notes that a handle takes part in a conversation, once in whatever spelling it comes, and returns its hash. A new one
-- takes part until left_at.
create or replace function cloakroom_private.add_participant(
  conversation_id uuid, data_key bytea, handle text, left_at timestamptz
) returns bytea
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_id uuid := gen_random_uuid();
  v_handle record;
begin
  select * into v_handle from cloakroom_private.read_handle(add_participant.handle);
  if not exists (
    select from cloakroom.participants p
    where p.conversation_id = add_participant.conversation_id and p.handle_hash = v_handle.hash) then
    insert into cloakroom.participants (id, conversation_id, handle_hash, handle_sealed, handle_mask, left_at)
    values (
      v_id, add_participant.conversation_id, v_handle.hash,
      cloakroom_private.seal(v_handle.normalized, data_key, 'participant:' || v_id || ':handle'), v_handle.shown,
      add_participant.left_at);
  end if;
  return v_handle.hash;
end $$;
