import { setTimeout as sleep } from "node:timers/promises";
import { addressHeaders, addressKeyOf } from "./address-proof.js";
import { camelCased, snakeCasedArguments } from "./casing.js";
import { listFunctions } from "./contract.generated.js";
import type { Log } from "./log.js";
import type { Caller, Database, DatabaseError } from "./port.js";
import { pauseMilliseconds, wasUndone } from "./sql-state.js";
import { storableJson } from "./storable-json.js";
import { createComplaints, databaseErrorOf } from "./supabase-errors.js";
import { noAnswer, SupabaseRefusal } from "./supabase-refusal.js";
import { createWire } from "./supabase-wire.js";

export interface SupabaseDatabaseOptions {
  /** The project's address, `https://<ref>.supabase.co`. */
  readonly url: string;
  /** `sb_secret_…`, or the JWT of role service_role. */
  readonly serviceKey: string;
  /** `sb_publishable_…`, or the JWT of role anon. */
  readonly anonKey: string;
  readonly log: Log;
  readonly timeoutMilliseconds?: number;
}

/** The same as the postgres driver's. */
const defaultTimeoutMilliseconds = 35_000;
const readyTimeoutMilliseconds = 5_000;

/**
 * The driver for a Supabase project: each call is one request to PostgREST. A user's calls carry the user's own access
 * token and the public key, so that the database checks who asks; the client that holds the service key never sees a
 * user's token, and the other one no service key. The vault is the project's own.
 */
export function createSupabaseDatabase(options: SupabaseDatabaseOptions): Database {
  const { url, serviceKey, anonKey, log, timeoutMilliseconds = defaultTimeoutMilliseconds } = options;
  const wires = {
    service_role: createWire({ url, key: serviceKey }),
    authenticated: createWire({ url, key: anonKey }),
  };
  const addressKey = addressKeyOf(serviceKey);
  const complain = createComplaints(log);
  const calls = createCallCount();

  async function once(fn: string, args: Record<string, unknown>, caller: Caller): Promise<unknown> {
    const headers = { ...addressHeaders(caller, addressKey), ...tokenHeader(caller) };
    try {
      return await wires[caller.role]({ ...asListed(fn, args), headers, timeoutMilliseconds });
    } catch (error) {
      if (!(error instanceof SupabaseRefusal)) throw error;
      const refused = { fn, args, isUser: caller.role === "authenticated" };
      complain(error, refused);
      throw databaseErrorOf(error, refused);
    }
  }

  const again = (fn: string, args: Record<string, unknown>, caller: Caller): Promise<unknown> =>
    once(fn, args, caller).catch(async (error: DatabaseError) => {
      if (!wasUndone(error.sqlState)) throw error;
      await sleep(pauseMilliseconds);
      return once(fn, args, caller);
    });

  /**
   * Through PostgREST what is handed out on record comes only once its event is committed: an answer that names the event
   * is asked for once more with it.
   */
  async function whole(fn: string, args: Record<string, unknown>, caller: Caller): Promise<unknown> {
    const answer = await again(fn, args, caller);
    const eventId = (answer as { recorded_event_id?: string | null } | null)?.recorded_event_id;
    return eventId ? again(fn, { ...args, recorded_event_id: eventId }, caller) : answer;
  }

  return {
    async call(fn, args, caller) {
      const sent = snakeCasedArguments(args);
      storableJson(sent);
      return camelCased(await calls.during(() => whole(fn, sent, caller))) as never;
    },
    async isReady() {
      const asked = wires.service_role({ fn: "release", args: {}, timeoutMilliseconds: readyTimeoutMilliseconds });
      return asked.then(
        (release) => typeof release === "string",
        () => false,
      );
    },
    close: calls.end,
  };
}

/** A user's call without the user's token would be the public key's, or worse: it is not sent. */
function tokenHeader({ role, accessToken }: Caller): Record<string, string> {
  if (role === "service_role") return {};
  if (!accessToken) throw new Error("A user's call needs the user's access token.");
  return { authorization: `Bearer ${accessToken}` };
}

/** Rows come as one JSON value: a set of them PostgREST would cut at the project's "max rows" without a word. */
const asListed = (fn: string, args: Record<string, unknown>) =>
  listFunctions.has(fn) ? { fn: "whole_list", args: { function_name: fn, args } } : { fn, args };

/** As a pool ends: what runs is answered, and nothing new is sent. */
function createCallCount() {
  const running = new Set<Promise<unknown>>();
  let isClosed = false;
  return {
    async during<Result>(call: () => Promise<Result>): Promise<Result> {
      if (isClosed) throw databaseErrorOf(new SupabaseRefusal(noAnswer), { fn: "", args: {}, isUser: false });
      const answer = call();
      running.add(answer);
      return answer.finally(() => running.delete(answer));
    },
    async end(): Promise<void> {
      isClosed = true;
      await Promise.allSettled(running);
    },
  };
}
