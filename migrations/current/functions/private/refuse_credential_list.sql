-- CR422 where a list of credentials is empty or names one twice; the field is that of the second.
create or replace function cloakroom_private.refuse_credential_list(credentials jsonb) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_repeated bigint;
begin
  if jsonb_array_length(credentials) = 0 then
    perform cloakroom_private.refuse_input('input.credentials', 'Give at least one credential.');
  end if;
  select min(n.ordinality) into v_repeated
  from (
    select e.ordinality, row_number() over (partition by btrim(e.value ->> 'name', E' \t\n\r') order by e.ordinality) as nth
    from jsonb_array_elements(credentials) with ordinality e
  ) n
  where n.nth > 1;
  if v_repeated is not null then
    perform cloakroom_private.refuse_input(
      format('input.credentials.%s.name', v_repeated - 1), 'This name stands twice in the list.');
  end if;
end $$;
