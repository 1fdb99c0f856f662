-- Stores an answer of the onboarding conversation and moves it on; it becomes the trait that its step names, and after
-- the last one the profile is drawn together. input: {step, answer}. A step that was answered before takes the new
-- answer in the old one's place; one that is unknown or not reached yet is refused. Two answers at once take turns.
create or replace function cloakroom_api.answer_onboarding(input jsonb) returns cloakroom_api.onboarding_session
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user cloakroom.users;
  v_key bytea;
  v_answers jsonb;
  v_session cloakroom_api.onboarding_session;
  v_step jsonb;
  v_answer jsonb;
begin
  v_user := cloakroom_private.locked_person();
  v_key := cloakroom_private.data_key(v_user.data_key_id);
  perform cloakroom_private.require_shape(input, '{"step": "string", "answer": "any"}', 'input');
  v_answers := cloakroom_private.onboarding_answers(v_user.id, v_key);
  v_session := cloakroom_private.onboarding_of(v_user, v_answers);
  v_step := cloakroom_private.reached_step(v_session, input ->> 'step');
  v_answer := cloakroom_private.require_answer(v_step, input -> 'answer');
  v_answers := v_answers || jsonb_build_object(v_step ->> 'id', v_answer);
  if v_answers <> v_session.answers then
    perform cloakroom_private.keep_answers(v_user.id, v_key, v_answers);
  end if;
  perform cloakroom_private.keep_answer_as_trait(v_user.id, v_key, v_step ->> 'trait', v_answer);
  v_session := cloakroom_private.onboarding_of(v_user, v_answers);
  if v_session.status = 'COMPLETE' then
    perform cloakroom_private.complete_onboarding(v_user.id);
    v_session := cloakroom_private.onboarding_of(v_user, v_answers);
  end if;
  return v_session;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
