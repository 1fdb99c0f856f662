-- Transactions that name the same keyed hash go one after the other: the rest of this one runs alone. Whoever takes
-- several takes them in one order: phone, network, country; phone, chats; or webhook, message, chat. So no two wait for
-- each other.
create or replace function cloakroom_private.take_turns(hash bytea) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select pg_advisory_xact_lock(hashtextextended(encode(hash, 'hex'), 0))
$$;
