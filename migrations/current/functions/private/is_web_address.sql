-- Whether this is an absolute http or https URL with a host: a name, an IPv4 or an IPv6 address. Never null.
create or replace function cloakroom_private.is_web_address(value text) returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_parts text[] := regexp_match(value,
    '^[Hh][Tt][Tt][Pp][Ss]?://([^\s/?#@\\]*@)?(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\\[\]]+)(:[0-9]{1,5})?([/?#].*)?$');
  v_host text := v_parts[2];
begin
  if v_parts is null or octet_length(value) > 8192 or value ~ '[\u0001-\u0020\u007f-\u00a0\u2028\u2029\ufeff]'
    or substr(v_parts[3], 2)::integer > 65535 then
    return false;
  elsif v_host like '[%' then
    return family(btrim(v_host, '[]')::inet) = 6;
  elsif v_host ~ '(^|\.)[0-9]+\.?$' then
    return v_host ~ '^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\.(?!$)|$)){4}$';
  end if;
  return cloakroom_private.is_host_name(rtrim(v_host, '.'));
exception when invalid_text_representation then
  return false;
end $$;
