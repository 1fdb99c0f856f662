import type { Response } from "undici";
import { DomainError } from "../../errors.js";
import { AddressRefused, type UpstreamFetch } from "../upstream-fetch.js";
import { cutOff, reasonOf, rubbish, tooSlow, unreachable, upstreamError } from "./upstream-error.js";

export interface UpstreamRequest {
  readonly url: string;
  /** With the key. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent by POST; without one, GET. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

const largestAnswer = 32 * 1024 * 1024;
const largestError = 64 * 1024;
const errorPatienceMilliseconds = 2_000;

/**
 * An answer of status 2xx, whose body is still to come.
 * @throws UPSTREAM_ERROR in words of ours for any other, a redirect included; what it said is dropped unread but for a
 * published name of the fault
 */
export async function ask(upstreamFetch: UpstreamFetch, request: UpstreamRequest): Promise<Response> {
  const { url, headers, body, signal } = request;
  const response = await upstreamFetch(url, {
    method: body === undefined ? "GET" : "POST",
    signal,
    headers: {
      ...headers,
      "user-agent": "cloakroom",
      // Unpacking would hold back what came, and let little become much.
      "accept-encoding": "identity",
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw faultOf(error, signal);
  });
  if (response.ok) return response;
  throw await refusalOf(response);
}

/**
 * The bytes of a body as they come. Where the reader has enough, the rest is waited for a moment, so that the connection
 * can serve the next call; where the call was given up, or there is no end, the connection goes.
 */
export async function* piecesOf(response: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  const reader = response.body.getReader();
  let isWhole = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isWhole = done;
      if (done) return;
      yield value as Uint8Array;
    }
  } catch (error) {
    throw faultOf(error, signal);
  } finally {
    if (!isWhole) void leave(reader, signal);
  }
}

const farewellMilliseconds = 1_000;

async function leave(reader: ReadableStreamDefaultReader, signal: AbortSignal): Promise<void> {
  const cancel = () => void reader.cancel().catch(() => undefined);
  if (signal.aborted) return cancel();
  const timer = setTimeout(cancel, farewellMilliseconds);
  try {
    while (!(await reader.read()).done);
  } catch {
  } finally {
    clearTimeout(timer);
  }
}

/** @throws UPSTREAM_ERROR where the body is no JSON, or more than 32 MiB */
export async function jsonOf(response: Response, signal: AbortSignal): Promise<unknown> {
  const text = await textOf(response, largestAnswer, signal);
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw rubbish();
  }
}

async function textOf(response: Response, largest: number, signal: AbortSignal): Promise<string | null> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of piecesOf(response, signal)) {
    size += piece.length;
    if (size > largest) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

async function refusalOf(response: Response): Promise<DomainError> {
  const { status } = response;
  const retryAfter = Number(response.headers.get("retry-after") ?? "");
  const reason = await reasonIn(response);
  return upstreamError({
    message: `The provider answered ${status}.`,
    status,
    ...(reason && { reason }),
    ...(Number.isFinite(retryAfter) && retryAfter > 0 && { retryAfter: Math.ceil(retryAfter) }),
  });
}

async function reasonIn(response: Response): Promise<string | undefined> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), errorPatienceMilliseconds);
  const late = new Promise<null>((resolve) => patience.signal.addEventListener("abort", () => resolve(null)));
  try {
    const text = await Promise.race([textOf(response, largestError, patience.signal), late]);
    return text ? reasonOf(JSON.parse(text)) : undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    response.body?.cancel().catch(() => undefined);
  }
}

/** Before these, nothing was sent: no connection, a certificate that does not hold, an address that fetch refuses. */
const neverArrived =
  /^(|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|ERR_SSL_.*|.*CERT.*)$/;
const ranOutOfTime = /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/;

/** Never the error itself: its message quotes addresses, and its cause what came. */
function faultOf(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof DomainError) return error;
  // Who gave up says why: too slow, or nobody is there any more.
  if (signal.aborted) return signal.reason;
  if (error instanceof AddressRefused) return upstreamError({ message: error.message });
  const code = String(
    (error as { cause?: { code?: unknown } }).cause?.code ?? (error as { code?: unknown }).code ?? "",
  );
  if (ranOutOfTime.test(code)) return tooSlow();
  return neverArrived.test(code) ? unreachable() : cutOff();
}
