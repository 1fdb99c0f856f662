-- Keeps one trait of the caller, in the place of any of the same name, and draws their profile together.
-- input: {name, value: any JSON but null, confidence: 0 to 1, source}; a person has at most 200.
create or replace function cloakroom_api.set_trait(input jsonb) returns cloakroom_api.user_trait
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user cloakroom.users;
  v_key bytea;
  v_name text;
  v_source text;
  v_confidence jsonb;
begin
  v_user := cloakroom_private.locked_person();
  v_key := cloakroom_private.data_key(v_user.data_key_id);
  perform cloakroom_private.require_shape(
    input, '{"name": "string", "value": "any", "confidence": "number", "source": "string"}', 'input');
  v_name := cloakroom_private.require_text(input ->> 'name', 200, 'input.name');
  v_source := cloakroom_private.require_text(coalesce(input ->> 'source', 'user'), 200, 'input.source');
  v_confidence := coalesce(nullif(input -> 'confidence', 'null'), '1');
  if coalesce(input -> 'value', 'null') = 'null' then
    perform cloakroom_private.refuse_input('input.value', 'This must not be null.');
  elsif octet_length((input -> 'value')::text) > 16384 then
    perform cloakroom_private.refuse_input('input.value', 'This must be at most 16 KiB.');
  elsif not cloakroom_private.is_readable_json(input -> 'value') then
    perform cloakroom_private.refuse_input('input.value', 'This must be nested 50 deep at most, with numbers of a double.');
  elsif v_confidence::numeric not between 0 and 1 then
    perform cloakroom_private.refuse_input('input.confidence', 'This must be a number from 0 to 1.');
  elsif (select count(*) from cloakroom.user_traits t where t.user_id = v_user.id and t.name <> v_name) >= 200 then
    perform cloakroom_private.refuse_input('input.name', 'A person has at most 200 traits.');
  end if;
  perform cloakroom_private.draw_profile(v_user.id);
  return cloakroom_private.trait_row(
    cloakroom_private.store_trait(
      v_user.id, v_key, v_name, input -> 'value',
      -- A number closer to 0 than any double would be an error of the cast.
      round(v_confidence::numeric, 300)::double precision, v_source),
    v_key);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
