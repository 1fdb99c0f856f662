-- Whether a model is among those allowed: by its name, or by a beginning with a * behind it. Without a list all are; no
-- model at all is for asking which there are. In plpgsql, as each question to a model waits for it (see claim).
create or replace function cloakroom_private.is_allowed_model(model text, models text[]) returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return models is null or model is null or exists (
    select from unnest(models) m(name)
    where m.name = model or m.name like '%*' and starts_with(model, left(m.name, -1)));
end $$;
