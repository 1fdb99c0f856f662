-- The sentence that says what a column of this type takes.
create or replace function cloakroom_private.expected_value(type text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case type
    when 'TEXT' then 'Expected text of at most 64 KiB.'
    when 'LONG_TEXT' then 'Expected text of at most 256 KiB.'
    when 'NUMBER' then 'Expected a number.'
    when 'CURRENCY' then 'Expected an amount: a number.'
    when 'PERCENT' then 'Expected a percentage: a number, 50 for 50 %.'
    when 'BOOLEAN' then 'Expected true or false.'
    when 'DATE' then 'Expected a date: YYYY-MM-DD.'
    when 'DATETIME' then 'Expected a time with an offset: YYYY-MM-DDTHH:MM:SSZ.'
    when 'EMAIL' then 'Expected an e-mail address.'
    when 'PHONE' then 'Expected a phone number with its country code.'
    when 'URL' then 'Expected an absolute http or https address.'
    when 'SELECT' then 'Expected one of the column''s options.'
    when 'MULTI_SELECT' then 'Expected a list of the column''s options, each at most once.'
    when 'JSON' then 'Expected JSON of at most 256 KiB, nested 50 deep at most.'
    else 'This column takes no value.'
  end
$$;
