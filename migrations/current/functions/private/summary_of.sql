-- The sentences of the onboarding file's `summary` whose every {trait} is known, in their order; null where none is.
-- Each sentence is taken apart before values come in: braces in a value are text.
create or replace function cloakroom_private.summary_of(traits jsonb) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select string_agg(written.sentence, ' ' order by written.n)
    from cloakroom.settings s,
      jsonb_array_elements_text(s.onboarding -> 'summary') with ordinality as template(sentence, n),
      lateral (
        select template.n, case when bool_and(part[2] is null or w.words is not null) then
          string_agg(part[1] || coalesce(w.words, ''), '' order by m.place) end as sentence
        from regexp_matches(template.sentence, '([^{}]*)(?:\{([^{}]+)\})?', 'g') with ordinality as m(part, place),
          cloakroom_private.words_of(traits -> part[2]) as w(words)
      ) as written);
end $$;
