import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Dispatcher } from "undici";
import { boundedText } from "../../../database/bounded-text.js";
import { DomainError } from "../../errors.js";
import { AddressRefused, type UpstreamRequest } from "../upstream-fetch.js";
import { cutOff, reasonOf, rubbish, tooSlow, unreachable, upstreamError } from "./upstream-error.js";

export interface ProviderRequest {
  readonly url: string;
  /** With the key. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent by POST; without one, GET. */
  readonly body?: unknown;
  /** Of the whole call: there is no other limit for the head of the answer. */
  readonly signal: AbortSignal;
}

export type ProviderResponse = Dispatcher.ResponseData;

const largestAnswer = 32 * 1024 * 1024;
const largestError = 64 * 1024;
const errorPatienceMilliseconds = 2_000;

/**
 * An answer of status 2xx, whose body is still to come.
 * @throws UPSTREAM_ERROR in words of ours for any other, a redirect included; what it said is dropped unread but for a
 * published name of the fault
 */
export async function ask(upstreamRequest: UpstreamRequest, asked: ProviderRequest): Promise<ProviderResponse> {
  const { url, headers, body, signal } = asked;
  const response = await upstreamRequest(url, {
    method: body === undefined ? "GET" : "POST",
    signal,
    headersTimeout: 0,
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
  if (response.statusCode >= 200 && response.statusCode < 300) return response;
  throw await refusalOf(response);
}

/**
 * The bytes of a body as they come. Where the reader has enough, the rest is waited for a moment, so that the connection
 * can serve the next call; where the call was given up, or there is no end, the connection goes.
 */
export async function* piecesOf({ body, headers }: ProviderResponse, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* unpacked(body, headers["content-encoding"]).iterator({ destroyOnReturn: false });
  } catch (error) {
    throw faultOf(error, signal);
  } finally {
    if (signal.aborted) body.destroy();
    else
      void body
        .dump({ limit: largestAnswer, signal: AbortSignal.timeout(farewellMilliseconds) })
        .catch(() => undefined);
  }
}

const farewellMilliseconds = 1_000;

/** For those that pack although they were asked not to. */
function unpacked(body: Readable, encoding: string | string[] | undefined): Readable {
  const packing = String(encoding ?? "identity").toLowerCase();
  if (packing === "identity") return body;
  const decoders = { gzip: createGunzip, "x-gzip": createGunzip, deflate: createInflate, br: createBrotliDecompress };
  const createDecoder = decoders[packing as keyof typeof decoders];
  if (!createDecoder) throw rubbish();
  return pipeline(body, createDecoder(), () => undefined);
}

/** @throws UPSTREAM_ERROR where the body is no JSON, or more than 32 MiB */
export async function jsonOf(response: ProviderResponse, signal: AbortSignal): Promise<unknown> {
  const text = await boundedText(piecesOf(response, signal), largestAnswer);
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw rubbish();
  }
}

async function refusalOf(response: ProviderResponse): Promise<DomainError> {
  const { statusCode: status, headers } = response;
  const retryAfter = secondsUntil(String(headers["retry-after"] ?? ""));
  const reason = await reasonIn(response);
  return upstreamError({
    message: `The provider answered ${status}.`,
    status,
    ...(reason && { reason }),
    ...(retryAfter > 0 && { retryAfter }),
  });
}

/** `Retry-After` says how many seconds, or until when; 0 where it says neither. */
function secondsUntil(retryAfter: string): number {
  const seconds = Number(retryAfter);
  if (Number.isFinite(seconds)) return Math.ceil(seconds);
  const date = / GMT$/.test(retryAfter) ? Date.parse(retryAfter) : Number.NaN;
  return Number.isNaN(date) ? 0 : Math.max(1, Math.ceil((date - Date.now()) / 1000));
}

async function reasonIn(response: ProviderResponse): Promise<string | undefined> {
  const patience = AbortSignal.timeout(errorPatienceMilliseconds);
  const end = () => response.body.destroy();
  patience.addEventListener("abort", end);
  try {
    const text = await boundedText(piecesOf(response, patience), largestError);
    return text ? reasonOf(JSON.parse(text)) : undefined;
  } catch {
    return undefined;
  } finally {
    patience.removeEventListener("abort", end);
  }
}

/** Before these, nothing was sent: no connection, a certificate that does not hold, a key that no header can hold. */
const neverArrived =
  /^(|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|UND_ERR_INVALID_ARG|ERR_TLS_.*|ERR_SSL_.*|.*CERT.*)$/;
/** Sent, and answered by what is no HTTP. */
const isNoHttp = (error: unknown) => error instanceof Error && error.name === "HTTPParserError";
const ranOutOfTime = /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/;

/** Never the error itself: its message quotes addresses, and its cause what came. */
function faultOf(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof DomainError) return error;
  // Who gave up says why: too slow, or nobody is there any more.
  if (signal.aborted) return signal.reason;
  if (error instanceof AddressRefused) return upstreamError({ message: error.message });
  if (isNoHttp(error)) return rubbish();
  const code = String((error as { code?: unknown }).code ?? "");
  if (ranOutOfTime.test(code)) return tooSlow();
  return neverArrived.test(code) ? unreachable() : cutOff();
}
