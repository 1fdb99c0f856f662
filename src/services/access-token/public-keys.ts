import { type CompactVerifyGetKey, compactVerify, type KeyObject } from "jose";
import { jsonOf } from "./token-header.js";

/**
 * What was signed; null where it was not, by that key, in one of these algorithms: an algorithm is allowed here and not by
 * the token. Of an ECDSA signature (r, s) also (r, n - s) is right, and Supabase Auth makes both, so that nothing may go by
 * a token's bytes; sessions end by their id.
 */
export async function openedWith(
  token: string,
  key: KeyObject | CompactVerifyGetKey,
  algorithms: string[],
): Promise<unknown> {
  try {
    const { payload } = await compactVerify(token, key, { algorithms });
    return jsonOf(payload);
  } catch {
    return null;
  }
}
