-- The step of that id: one that is answered, the next one, or any once all is complete. CR422 for any other.
create or replace function cloakroom_private.reached_step(session cloakroom_api.onboarding_session, step text) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_step jsonb := (
    select s.step from cloakroom.settings c, jsonb_array_elements(c.onboarding -> 'steps') as s(step)
    where s.step ->> 'id' = reached_step.step);
begin
  if v_step is null then
    perform cloakroom_private.refuse_input('input.step', 'There is no such step.');
  elsif session.step <> reached_step.step and not session.answers ? reached_step.step then
    perform cloakroom_private.refuse_input('input.step', 'This step has not been reached: answer the ones before it.');
  end if;
  return v_step;
end $$;
