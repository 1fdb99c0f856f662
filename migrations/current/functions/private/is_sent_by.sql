-- Whether a message came from a phone. Only those under the same mask are opened for it.
create or replace function cloakroom_private.is_sent_by(message cloakroom.messages, phone text, data_key bytea)
returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return message.sender_mask = cloakroom_private.mask(phone, 'PHONE')
    and cloakroom_private.unseal(message.sender_sealed, data_key, 'message:' || message.id || ':sender') = phone;
end $$;
