-- A value as a column of this type keeps it, by the contract's table "Values of cells"; JSON null becomes SQL null.
-- CR422 with `field` as its detail for anything else. The message names what was expected and never what came: casts,
-- whose errors quote the value, are reached only by text that has been checked for them.
create or replace function cloakroom_private.normalize_value(value jsonb, type text, options jsonb, field text)
returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_text text := case when jsonb_typeof(value) = 'string' then value #>> '{}' end;
  v_result jsonb;
begin
  if value is null or jsonb_typeof(value) = 'null' then
    return null;
  end if;
  v_result := case type
    when 'TEXT' then case when octet_length(v_text) <= 65536 then value end
    when 'LONG_TEXT' then case when octet_length(v_text) <= 262144 then value end
    when 'NUMBER' then cloakroom_private.normalize_number(value)
    when 'CURRENCY' then cloakroom_private.normalize_number(value)
    when 'PERCENT' then cloakroom_private.normalize_number(value)
    when 'BOOLEAN' then case when jsonb_typeof(value) = 'boolean' then value end
    when 'DATE' then to_jsonb(cloakroom_private.normalize_date(v_text))
    when 'DATETIME' then to_jsonb(cloakroom_private.normalize_datetime(v_text))
    when 'EMAIL' then to_jsonb(cloakroom_private.normalize_email(v_text))
    when 'PHONE' then to_jsonb(cloakroom_private.normalize_phone(v_text))
    when 'URL' then case when cloakroom_private.is_web_address(v_text) then value end
    when 'SELECT' then case when options ? v_text then value end
    when 'MULTI_SELECT' then cloakroom_private.normalize_choices(value, options)
    when 'JSON' then
      case when octet_length(value::text) <= 262144 and cloakroom_private.is_readable_json(value) then value end
  end;
  if v_result is null then
    raise exception '%', cloakroom_private.expected_value(type) using errcode = 'CR422', detail = field;
  end if;
  return v_result;
end $$;
