-- A person's traits, opened, by creation.
create or replace function cloakroom_private.export_traits(user_id uuid, data_key bytea) returns json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select coalesce(json_agg(json_build_object(
      'id', t.id, 'name', t.name, 'value', (cloakroom_private.trait_row(t, data_key)).value,
      'confidence', t.confidence, 'source', t.source,
      'createdAt', cloakroom_private.utc(t.created_at), 'updatedAt', cloakroom_private.utc(t.updated_at)
    ) order by t.created_at, t.id), '[]')
    from cloakroom.user_traits t where t.user_id = export_traits.user_id);
end $$;
