-- Refuses, for a cell of a sensitive column, what is itself a mask of any style: a client that read a row and writes it
-- back would put the mask in the secret's place, and the secret would be gone. Answers the value.
create or replace function cloakroom_private.refuse_mask(value jsonb, field text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_text text := case when jsonb_typeof(value) = 'string' then value #>> '{}' end;
begin
  if strpos(v_text, '••••••••') > 0 and exists (
    select from unnest(array['FULL', 'LAST4', 'EMAIL', 'PHONE']) s(style)
    where cloakroom_private.mask(v_text, s.style) = v_text
  ) then
    perform cloakroom_private.refuse_input(
      field, 'This is a mask and not the value. Leave the cell out, and it keeps what it holds.');
  end if;
  return value;
end $$;
