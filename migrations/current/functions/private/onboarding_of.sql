-- A person's onboarding as it stands; null where the deployment asks nothing. It is open from the sign-up on, without a
-- row before the first answer, hence the id that follows from the user's. Complete once is complete for good, and so is
-- one whose remaining steps are no longer asked.
create or replace function cloakroom_private.onboarding_of(person cloakroom.users, answers jsonb)
returns cloakroom_api.onboarding_session
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_steps jsonb := (select s.onboarding -> 'steps' from cloakroom.settings s);
  v_kept cloakroom.onboarding_sessions;
  v_session cloakroom_api.onboarding_session;
begin
  if v_steps = '[]' then
    return null;
  end if;
  select * into v_kept from cloakroom.onboarding_sessions o where o.user_id = person.id;
  v_session.id := md5('onboarding:' || person.id)::uuid;
  v_session.answers := onboarding_of.answers;
  v_session.started_at := person.created_at;
  v_session.step := case when v_kept.completed_at is null then cloakroom_private.next_step(v_steps, v_session.answers) end;
  v_session.status := case when v_session.step is null then 'COMPLETE' else 'IN_PROGRESS' end;
  v_session.completed_at := case when v_session.step is null then coalesce(v_kept.completed_at, v_kept.updated_at) end;
  v_session.questions := (
    select jsonb_agg(jsonb_build_object('step', s.step -> 'id', 'text', s.step -> 'question', 'kind', upper(s.step ->> 'kind'))
      || s.step - '{id,question,kind,trait}'::text[] order by s.n)
    from jsonb_array_elements(v_steps) with ordinality as s(step, n));
  return v_session;
end $$;
