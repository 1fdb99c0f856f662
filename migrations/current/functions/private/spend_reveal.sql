-- Takes one reveal out of a member's budget of the running minute, which begins with its first reveal. The member's row
-- is locked by it, so that two calls at once take turns. outcome: revealed | forbidden (a viewer) | rate_limited, then
-- with the seconds until the minute is over.
create or replace function cloakroom_private.spend_reveal(
  organization_id uuid, user_id uuid, out outcome text, out retry_after integer
)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_now timestamptz := clock_timestamp();
  v_spent integer;
  v_window_at timestamptz;
begin
  update cloakroom.members m set
    reveals_in_window = case when m.reveal_window_at > v_now - interval '1 minute' then m.reveals_in_window else 0 end + 1,
    reveal_window_at = case when m.reveal_window_at > v_now - interval '1 minute' then m.reveal_window_at else v_now end
  where m.organization_id = spend_reveal.organization_id and m.user_id = spend_reveal.user_id and m.role <> 'VIEWER'
  returning m.reveals_in_window, m.reveal_window_at into v_spent, v_window_at;
  if v_spent is null then
    outcome := 'forbidden';
  elsif v_spent <= (select s.reveals_per_minute from cloakroom.settings s) then
    outcome := 'revealed';
  else
    outcome := 'rate_limited';
    retry_after := greatest(1, ceil(extract(epoch from v_window_at + interval '1 minute' - v_now)));
  end if;
end $$;
