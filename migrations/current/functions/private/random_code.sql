-- Six random digits, each code as likely as any other: numbers from which the remainder would be uneven are thrown away.
create or replace function cloakroom_private.random_code() returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_bytes bytea;
  v_number bigint;
begin
  loop
    v_bytes := extensions.gen_random_bytes(4);
    v_number := get_byte(v_bytes, 0)::bigint * 16777216 + get_byte(v_bytes, 1) * 65536
      + get_byte(v_bytes, 2) * 256 + get_byte(v_bytes, 3);
    exit when v_number < 4294000000;
  end loop;
  return lpad((v_number % 1000000)::text, 6, '0');
end $$;
