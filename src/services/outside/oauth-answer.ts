import type { Response as UndiciResponse } from "undici";
import { boundedText } from "../../database/bounded-text.js";
import { OAuthFailure } from "./oauth-service.js";

const largestAnswer = 1024 * 1024;

/** Words in which services say that a code or refresh token is worth nothing, where they do not say `invalid_grant`. */
const refusals = new Set([
  "invalid_grant",
  "invalid_refresh_token",
  "bad_refresh_token",
  "bad_verification_code",
  "invalid_code",
  "code_already_used",
  "token_revoked",
  "token_expired",
]);

type Fields = Record<string, unknown>;

/**
 * A token address's answer as the standard has it, whatever the service made of the standard: errors have a status of
 * 400 and more, tokens of a person stand where those of a bot do, `token_type` is bearer where it means that. The
 * id_token goes unread: nobody here asks who the person is. At most 1 MiB.
 * @throws OAuthFailure `rubbish`
 */
export async function standardAnswer(response: UndiciResponse): Promise<{ answer: Response; fields: Fields }> {
  const text = await boundedText(response.body, largestAnswer);
  if (text === null) throw new OAuthFailure("rubbish", response.status);
  const fields = fieldsOf(text, response.headers.get("content-type") ?? "");
  if (!fields) return { answer: plainAnswer(response.status), fields: {} };
  const tokens = tokensOf(fields);
  const error = typeof fields.error === "string" && fields.error !== "" ? fields.error : null;
  if (error || fields.ok === false) {
    const status = response.status >= 400 ? response.status : 400;
    return { answer: jsonAnswer(status, { error: refusals.has(error ?? "") ? "invalid_grant" : "rejected" }), fields };
  }
  return { answer: jsonAnswer(response.ok ? 200 : response.status, tokens), fields };
}

/** `team.name` of an answer, a text of at most 200 characters. */
export function textAt(fields: Fields, path: string | null): string | null {
  let value: unknown = fields;
  for (const key of path?.split(".") ?? [])
    value = isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof value === "string" && value.trim() !== "" ? [...value.trim()].slice(0, 200).join("") : null;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function tokensOf({ id_token: _, ...fields }: Fields): Fields {
  const person = fields.access_token === undefined && isFields(fields.authed_user) ? fields.authed_user : {};
  const { access_token, refresh_token, expires_in, scope, token_type } = { ...fields, ...person };
  const isBearer = token_type === undefined || /^(bearer|bot|user)$/i.test(String(token_type));
  return {
    access_token,
    refresh_token: refresh_token === null ? undefined : refresh_token,
    expires_in: expires_in === null ? undefined : expires_in,
    scope: scope === null ? undefined : scope,
    token_type: isBearer ? "bearer" : token_type,
  };
}

function fieldsOf(text: string, contentType: string): Fields | null {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return Object.fromEntries(new URLSearchParams(text));
  try {
    const parsed: unknown = JSON.parse(text);
    return isFields(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

const jsonAnswer = (status: number, body: object) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

/** Something for the library to find fault with; of what was said nothing goes on. */
const plainAnswer = (status: number) => new Response(null, { status: status >= 200 && status <= 599 ? status : 502 });
