-- The name of a model as a request gives it, or null; CR422 for what can be none.
create or replace function cloakroom_private.require_model(model text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if model is not null and model !~ '^[\u0021-\u007e]{1,200}$' then
    perform cloakroom_private.refuse_input(
      'input.model', 'A model has 1 to 200 visible ASCII characters without white space.');
  end if;
  return model;
end $$;
