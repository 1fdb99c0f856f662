-- What a person answered, also to questions that are no longer asked; null where they answered none.
create or replace function cloakroom_private.export_onboarding(user_id uuid, data_key bytea) returns json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select json_build_object(
      'answers', cloakroom_private.onboarding_answers(o.user_id, data_key),
      'updatedAt', cloakroom_private.utc(o.updated_at), 'completedAt', cloakroom_private.utc(o.completed_at))
    from cloakroom.onboarding_sessions o where o.user_id = export_onboarding.user_id);
end $$;
