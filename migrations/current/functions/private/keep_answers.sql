-- Keeps what a person has answered, sealed as one object.
create or replace function cloakroom_private.keep_answers(user_id uuid, data_key bytea, answers jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into cloakroom.onboarding_sessions as o (user_id, answers_sealed)
  values (keep_answers.user_id,
    cloakroom_private.seal(answers::text, data_key, 'onboarding:' || keep_answers.user_id || ':answers'))
  on conflict on constraint onboarding_sessions_pkey do update set
    answers_sealed = excluded.answers_sealed, updated_at = excluded.updated_at;
end $$;
