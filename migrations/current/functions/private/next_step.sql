-- The first step that has no answer yet, null where every one has.
create or replace function cloakroom_private.next_step(steps jsonb, answers jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select s.step ->> 'id' from jsonb_array_elements(steps) with ordinality as s(step, n)
    where not answers ? (s.step ->> 'id') order by s.n limit 1);
end $$;
