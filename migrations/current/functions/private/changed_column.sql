-- The column with the changes of update_column but its position, all of them checked. While its cells are being
-- converted nothing changes but what repeats the conversion's own order, so that a call that broke off can be repeated.
create or replace function cloakroom_private.changed_column("column" cloakroom.columns, changes jsonb)
returns cloakroom.columns
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_new cloakroom.columns := "column";
begin
  v_new.is_sensitive := coalesce((changes ->> 'sensitive')::boolean, "column".is_sensitive);
  perform cloakroom_private.refuse_unasked_unseal("column".is_sensitive, changes);
  v_new.mask := cloakroom_private.require_mask(
    changes ->> 'mask', v_new.is_sensitive, "column".mask, 'input.mask');
  if "column".conversion is not null then
    if v_new.is_sensitive = ("column".conversion = 'sealing')
      and (v_new.mask = "column".mask or not v_new.is_sensitive)
      and changes ? 'sensitive' and changes - array['sensitive', 'unseal', 'mask'] = '{}' then
      return "column";
    end if;
    raise exception 'The column''s cells are still being converted. Try again when that is done.' using errcode = 'CR409';
  end if;
  v_new.name := cloakroom_private.require_text(coalesce(changes ->> 'name', "column".name), 200, 'input.name');
  v_new.is_required := coalesce((changes ->> 'required')::boolean, "column".is_required);
  v_new.options := cloakroom_private.changed_options("column", changes -> 'options');
  if v_new.is_sensitive and v_new.mask is distinct from "column".mask then
    v_new.conversion := 'sealing';
    v_new.converted_to := 0;
  elsif "column".is_sensitive and not v_new.is_sensitive then
    -- Sensitive until the last cell is done.
    v_new.is_sensitive := true;
    v_new.mask := "column".mask;
    v_new.conversion := 'unsealing';
    v_new.converted_to := 0;
  end if;
  return v_new;
end $$;
