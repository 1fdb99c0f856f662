import type { Plaintext } from "../../crypto/plaintext.js";

/** A key and where it belongs, for one call. */
export interface KeyInUse {
  readonly provider: string;
  readonly baseUrl: string | null;
  readonly apiKey: Plaintext;
}
