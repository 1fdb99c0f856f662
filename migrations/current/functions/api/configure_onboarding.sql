-- Sets what the onboarding conversation asks, {steps: [{id, question, kind, options, required, trait, maxLength, min,
-- max}], summary: [text]}, which the server has checked; the last server to start wins. What is answered stays answered.
create or replace function cloakroom_api.configure_onboarding(script jsonb) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  if jsonb_typeof(script -> 'steps') is distinct from 'array' or jsonb_typeof(script -> 'summary') is distinct from 'array' then
    perform cloakroom_private.refuse_input('script', 'Expected an object with lists of steps and of summary sentences.');
  end if;
  update cloakroom.settings s set onboarding = script where s.is_only and s.onboarding <> script;
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
