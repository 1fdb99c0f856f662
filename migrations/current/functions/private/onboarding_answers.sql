-- What a person has answered so far, by step; an empty object before the first answer. Answers to steps that are no
-- longer asked stay in it.
create or replace function cloakroom_private.onboarding_answers(user_id uuid, data_key bytea) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select cloakroom_private.unseal(o.answers_sealed, data_key, 'onboarding:' || o.user_id || ':answers')::jsonb
    from cloakroom.onboarding_sessions o where o.user_id = onboarding_answers.user_id), '{}');
end $$;
