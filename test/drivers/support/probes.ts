import type pg from "pg";
import type { Caller, Database } from "../../../src/database/port.js";

/** Functions of no use but to see what a driver makes of arguments and answers. Only here: the product has none. */
const probes = `
  create function cloakroom_api.probe_echo(value jsonb default null, word text default 'left out', words text[] default '{}')
  returns jsonb language sql as $$
    select jsonb_build_object('kind', jsonb_typeof(probe_echo.value), 'value', probe_echo.value,
      'word', probe_echo.word, 'words', to_jsonb(probe_echo.words))
  $$;
  create function cloakroom_api.probe_void() returns void language sql as 'select null';
  create function cloakroom_api.probe_null() returns text language sql as 'select null::text';
  grant execute on function cloakroom_api.probe_echo(jsonb, text, text[]), cloakroom_api.probe_void(),
    cloakroom_api.probe_null() to service_role;`;

/** Before the driver is opened: PostgREST learns its functions once. */
export async function installProbes(admin: pg.Pool): Promise<void> {
  await admin.query(probes);
}

export function probe(
  database: Database,
  fn: "probe_echo" | "probe_void" | "probe_null",
  args: object,
  caller: Caller,
) {
  return database.call(fn as never, args as never, caller) as Promise<unknown>;
}
