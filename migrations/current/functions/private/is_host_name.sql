-- Whether this can be the name of a host: labels of letters (of any script), digits and inner hyphens, between dots.
create or replace function cloakroom_private.is_host_name(value text) returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_letter constant text := 'A-Za-z0-9\u00b7-\u167f\u1681-\u1fff\u2c00-\u2fff\u3005-\ud7ff';
begin
  return char_length(value) <= 253
    and value ~ format('^([%1$s]([%1$s_-]*[%1$s])?\.)*[%1$s]([%1$s_-]*[%1$s])?$', v_letter)
    and value !~ '[^.]{64}';
end $$;
