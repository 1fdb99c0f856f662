import { createClient } from "@supabase/supabase-js";
import { WebSocket } from "ws";
import { boundedText } from "./bounded-text.js";
import { noAnswer, refusalIn, SupabaseRefusal } from "./supabase-refusal.js";

export interface WireOptions {
  readonly url: string;
  /** Sent with every call; where a call brings no token of its own, the project takes its role from it. */
  readonly key: string;
}

export interface WireCall {
  readonly fn: string;
  /** As the function names them. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
}

/** One function of `cloakroom_api`, called over HTTP. @throws SupabaseRefusal, and nothing else */
export type Wire = (call: WireCall) => Promise<unknown>;

/** The same as the dispatcher's, so that a page too large is told as that on every driver. */
export const largestAnswerBytes = 64 * 1024 * 1024;
export const programLimitExceeded = "54000";
const largestRefusalBytes = 64 * 1024;

/** A supabase-js client that holds this one key, keeps no session, follows no redirect and takes no endless answer. */
export function createWire({ url, key }: WireOptions): Wire {
  const client = createClient(url, key, {
    db: { schema: "cloakroom_api" },
    accessToken: async () => null,
    // Never opened; but on Node 20, which has no WebSocket of its own, supabase-js wants one to begin.
    realtime: { transport: WebSocket as never },
    global: { fetch: boundedFetch },
  });
  return async ({ fn, args, headers = {}, timeoutMilliseconds }) => {
    const call = client.rpc(fn, args).abortSignal(AbortSignal.timeout(timeoutMilliseconds)).throwOnError();
    for (const [name, value] of Object.entries(headers)) call.setHeader(name, value);
    try {
      return (await call).data;
    } catch (error) {
      throw error instanceof SupabaseRefusal ? error : new SupabaseRefusal(noAnswer);
    }
  };
}

/**
 * Judges the answer before supabase-js does, which takes an empty 404 for success and reads bodies of any length. The
 * new keys are no tokens and go out as `apikey` alone, for which the project's gateway puts in a token of its own.
 */
const boundedFetch: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set("user-agent", "cloakroom");
  if (headers.get("authorization")?.startsWith("Bearer sb_")) headers.delete("authorization");
  const response = await fetch(input, { ...init, headers, redirect: "manual" });
  if (!response.ok) throw refusalIn(response.status, await refusalText(response));
  return Object.assign(response, { text: () => answerText(response) });
};

async function answerText(response: Response): Promise<string> {
  const text = await boundedText(response.body, largestAnswerBytes);
  if (text === null) throw new SupabaseRefusal(response.status, programLimitExceeded);
  if (text === "" && response.status !== 204) throw new SupabaseRefusal(noAnswer);
  return text;
}

const refusalText = async (response: Response) => (await boundedText(response.body, largestRefusalBytes)) ?? "";
