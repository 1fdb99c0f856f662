import { randomInt, randomUUID } from "node:crypto";
import { signedHeaders } from "../../../examples/relay-typescript/relay.js";
import { type Ask, type Asking, asks, type Tally } from "./tenant-asks.js";

export const emptyTally = (): Tally => ({
  rows: new Map(),
  reveals: [],
  sharedWrites: 0,
  messages: 0,
  outcomes: {},
  wrong: [],
});

export interface Load extends Asking {
  readonly relaySecret: string;
  /** Looked at before each request: a test takes a server out by changing it. */
  readonly urls: readonly string[];
}

/** Clients of one tenant, who ask things in no order of servers picked at random, and hold every answer against it. */
export async function hammer(load: Load, clients: number, goesOn: () => boolean): Promise<void> {
  const client = async () => {
    while (goesOn()) {
      const ask = pick(asks)(load);
      judge(load, ask, await answerTo(load, ask));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

/** @returns the answer's text, or null where the server is gone */
async function answerTo({ urls, tenant, relaySecret }: Load, ask: Ask): Promise<string | null> {
  const body = JSON.stringify({ query: ask.query, variables: ask.variables ?? {} });
  const caller = ask.isRelayed ? signedHeaders(relaySecret, body, randomUUID()) : (ask.headers ?? pick(tenant.people));
  const headers = { "content-type": "application/json", ...caller };
  return fetch(`${pick(urls)}/graphql`, { method: "POST", headers, body }).then(
    (response) => response.text(),
    () => null,
  );
}

function judge({ tenant, other, tally, tolerated = [] }: Load, ask: Ask, text: string | null): void {
  if (text === null) {
    count(tally, "no answer");
    return;
  }
  const complain = (why: string) => void tally.wrong.push(`${tenant.mark} ${why}\n${ask.query}\n${text}`);
  for (const foreign of other.own) if (text.includes(foreign)) complain(`got what is ${other.mark}'s: ${foreign}`);
  const { data, errors } = JSON.parse(text) as { data: never; errors?: [{ extensions?: { code?: string } }] };
  const outcome = errors ? (errors[0].extensions?.code ?? "no code") : "ok";
  count(tally, outcome);
  if (tolerated.includes(outcome)) return;
  if (outcome !== ask.expected) complain(`should have got ${ask.expected}`);
  else if (outcome === "ok" && !ask.check?.(data)) complain("got data that are not its own");
}

function count({ outcomes }: Tally, outcome: string): void {
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
}

const pick = <T>(list: readonly T[]): T => list[randomInt(list.length)] as T;
