import { type Configuration, type CustomFetchOptions, customFetch, ResponseBodyError } from "openid-client";
import type { RequestInit } from "undici";
import { standardAnswer } from "./oauth-answer.js";
import { configurationOf } from "./oauth-configuration.js";
import { OAuthFailure, type OAuthService } from "./oauth-service.js";
import type { UpstreamFetch } from "./upstream-fetch.js";

export interface Heard<Result> {
  readonly result: Result;
  readonly fields: Record<string, unknown>;
  readonly status: number | null;
}

/** One request by the library, and of its failure nothing but what kind it was. */
export async function asked<Result>(
  service: OAuthService,
  upstreamFetch: UpstreamFetch,
  timeout: number,
  ask: (configuration: Configuration) => Promise<Result>,
): Promise<Heard<Result>> {
  const heard = { status: null as number | null, retryAfter: null as number | null, fields: {} };
  const configuration = configurationOf(service);
  configuration.timeout = timeout;
  configuration[customFetch] = async (url, options) => {
    const response = await upstreamFetch(url, requestFor(service, options));
    heard.status = response.status;
    heard.retryAfter = secondsOf(response.headers.get("retry-after"));
    const { answer, fields } = await standardAnswer(response);
    heard.fields = fields;
    return answer;
  };
  try {
    return { result: await ask(configuration), fields: heard.fields, status: heard.status };
  } catch (error) {
    throw failureOf(error, heard);
  }
}

function requestFor(service: OAuthService, { body, headers, method, signal }: CustomFetchOptions): RequestInit {
  const form = body instanceof URLSearchParams ? body : new URLSearchParams();
  const asJson = service.tokenRequests === "json";
  return {
    method,
    signal: signal ?? null,
    headers: { ...headers, accept: "application/json", "user-agent": "cloakroom", ...(asJson && json) },
    body: asJson ? JSON.stringify(Object.fromEntries(form)) : form.toString(),
  };
}

const json = { "content-type": "application/json" };

function failureOf(error: unknown, heard: { status: number | null; retryAfter: number | null }): OAuthFailure {
  const { status, retryAfter } = heard;
  if (error instanceof ResponseBodyError)
    return new OAuthFailure(error.error === "invalid_grant" ? "refused" : "rejected", status, retryAfter);
  if (status === null) return new OAuthFailure("unreachable");
  return new OAuthFailure(status >= 400 ? "rejected" : "rubbish", status, retryAfter);
}

/** Of `retry-after`: seconds or a time (RFC 9110). */
function secondsOf(header: string | null): number | null {
  if (/^\d{1,6}$/.test(header ?? "")) return Number(header);
  const time = /^\w{3},? .* GMT$/.test(header ?? "") ? Date.parse(header ?? "") : Number.NaN;
  return Number.isNaN(time) ? null : Math.max(Math.ceil((time - Date.now()) / 1000), 0);
}
