-- The column with the changes of update_column but its position, all of them checked. While its cells are being
-- converted nothing changes but what repeats the conversion's own order, so that a call that broke off can be repeated.
create or replace function cloakroom_private.changed_column(this_column cloakroom.columns, changes jsonb)
returns cloakroom.columns
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_new cloakroom.columns := this_column;
begin
  v_new.is_sensitive := coalesce((changes ->> 'sensitive')::boolean, this_column.is_sensitive);
  perform cloakroom_private.refuse_unasked_unseal(this_column.is_sensitive, changes);
  v_new.mask := cloakroom_private.require_mask(
    changes ->> 'mask', v_new.is_sensitive, this_column.mask, 'input.mask');
  if this_column.conversion is not null then
    if v_new.is_sensitive = (this_column.conversion = 'sealing')
      and (v_new.mask = this_column.mask or not v_new.is_sensitive)
      and changes ? 'sensitive' and changes - array['sensitive', 'unseal', 'mask'] = '{}' then
      return this_column;
    end if;
    raise exception 'The column''s cells are still being converted. Try again when that is done.' using errcode = 'CR409';
  end if;
  v_new.name := cloakroom_private.require_text(coalesce(changes ->> 'name', this_column.name), 200, 'input.name');
  v_new.is_required := coalesce((changes ->> 'required')::boolean, this_column.is_required);
  v_new.options := cloakroom_private.changed_options(this_column, changes -> 'options');
  if v_new.is_sensitive and v_new.mask is distinct from this_column.mask then
    v_new.conversion := 'sealing';
    v_new.converted_to := 0;
  elsif this_column.is_sensitive and not v_new.is_sensitive then
    -- Sensitive until the last cell is done.
    v_new.is_sensitive := true;
    v_new.mask := this_column.mask;
    v_new.conversion := 'unsealing';
    v_new.converted_to := 0;
  end if;
  return v_new;
end $$;
