-- Masks of those values that stand plain in columns being converted; `styles` is {column id: mask style} of these.
-- Definer, since the view of rows calls it as whoever reads.
create or replace function cloakroom_private.masks_of_plain_cells("values" jsonb, styles jsonb) returns jsonb
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select coalesce(jsonb_object_agg(s.key, cloakroom_private.cell_mask(masks_of_plain_cells."values" -> s.key, s.value)), '{}')
    from jsonb_each_text(styles) s where masks_of_plain_cells."values" ? s.key);
end $$;
