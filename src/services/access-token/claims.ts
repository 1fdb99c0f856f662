/** What a token that was taken says of its bearer. */
export interface AccessClaims {
  readonly iss: string;
  readonly aud: "authenticated";
  readonly role: "authenticated";
  /** The user id. */
  readonly sub: string;
  readonly session_id: string;
  /** Unix seconds, as `exp`. */
  readonly iat: number;
  readonly exp: number;
  /** In tokens of Supabase Auth alone: by it the database knows whose session it may take over. */
  readonly aal?: string;
  /** E.164 without its plus, as Supabase Auth writes it. */
  readonly phone?: string;
  readonly is_anonymous?: false;
}

/** By how much the clocks of two replicas may differ. */
const clockSkewSeconds = 60;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The claims of a payload whose signature was right, null where one is missing or wrong, or where Supabase Auth knows its
 * user by no name at all. Only the claims of the contract go on: whatever else was signed says nothing here.
 */
export function claimsOf(payload: unknown, issuer: string, now: number): AccessClaims | null {
  if (typeof payload !== "object" || payload === null) return null;
  const { iss, aud, role, sub, session_id, iat, exp, nbf, is_anonymous, ...rest } = payload as Record<string, unknown>;
  if (iss !== issuer || aud !== "authenticated" || role !== "authenticated") return null;
  if (!isUuid(sub) || !isUuid(session_id) || !isTime(iat) || !isTime(exp)) return null;
  if (exp <= now || exp <= iat || iat > now + clockSkewSeconds) return null;
  if (nbf !== undefined && !(isTime(nbf) && nbf <= now + clockSkewSeconds)) return null;
  if (is_anonymous !== undefined && is_anonymous !== false) return null;
  const claims: AccessClaims = { iss: issuer, aud, role, sub, session_id, iat, exp };
  return rest.aal === undefined ? claims : supabaseClaimsOf(claims, rest);
}

function supabaseClaimsOf(claims: AccessClaims, { aal, phone }: Record<string, unknown>): AccessClaims | null {
  if (typeof aal !== "string" || !/^aal[1-3]$/.test(aal)) return null;
  const isPhone = typeof phone === "string" && /^\d{7,15}$/.test(phone);
  return { ...claims, aal, is_anonymous: false, ...(isPhone ? { phone } : {}) };
}

const isUuid = (value: unknown): value is string => typeof value === "string" && uuid.test(value);
const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value > 0;
