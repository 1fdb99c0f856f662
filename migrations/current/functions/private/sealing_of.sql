-- What sealing a table's rows takes: {"table", "masks": {column id: mask style} of the columns whose values are to be
-- sealed, "key": the organization's data key in hex, where there is such a column}. A column being unsealed is not one.
create or replace function cloakroom_private.sealing_of(table_id uuid, organization_id uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_masks jsonb;
begin
  select jsonb_object_agg(c.id, c.mask) into v_masks from cloakroom.columns c
  where c.table_id = sealing_of.table_id and c.is_sensitive and c.conversion is distinct from 'unsealing';
  if v_masks is null then
    return jsonb_build_object('table', sealing_of.table_id, 'masks', '{}'::jsonb);
  end if;
  return jsonb_build_object('table', sealing_of.table_id, 'masks', v_masks,
    'key', encode(cloakroom_private.organization_key(sealing_of.organization_id), 'hex'));
end $$;
