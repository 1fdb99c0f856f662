-- Whoever signed in with Supabase Auth and calls for the first time in that session, else all null: their row, or only
-- their id where they have none yet. Supabase Auth says in each token how sure it is (`aal`), which our own never hold:
-- one of ours without a session is ended. So is any whose session stands or once stood here, whoever's it was; and who is
-- anonymous there is nobody here. Owned by cloakroom_guard.
create or replace function cloakroom_private.adoptable_caller() returns cloakroom.users
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  v_session_id uuid;
  v_person cloakroom.users;
begin
  if jsonb_typeof(v_claims -> 'aal') is distinct from 'string' or jsonb_typeof(v_claims -> 'exp') is distinct from 'number'
    or v_claims ->> 'role' is distinct from 'authenticated'
    or coalesce(v_claims -> 'is_anonymous', 'false') <> 'false' then
    return null;
  end if;
  v_session_id := cloakroom_private.claimed_id('session_id');
  v_person.id := cloakroom_private.claimed_id('sub');
  if v_session_id is null or v_person.id is null or (v_claims ->> 'exp')::numeric <= extract(epoch from now())
    or exists (select from cloakroom.sessions s where s.id = v_session_id)
    or exists (select from cloakroom.ended_sessions e where e.session_id = v_session_id) then
    return null;
  end if;
  return coalesce((select u from cloakroom.users u where u.id = v_person.id), v_person);
end $$;
