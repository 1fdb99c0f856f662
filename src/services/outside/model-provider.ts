import type { Plaintext } from "../crypto/plaintext.js";

/** Where a key is tried, and how. */
export interface KeyTrial {
  readonly provider: string;
  /** Null where the provider's own public address is meant. */
  readonly baseUrl: string | null;
  readonly apiKey: Plaintext;
  /** Null where any will do. */
  readonly model: string | null;
}

/** The providers of language models, as far as a new key is tried before it takes an old one's place. */
export interface ModelProviders {
  /**
   * Makes one small call with the key. Resolves where the provider took it.
   * @throws DomainError UPSTREAM_ERROR, with `status` where there is one, and nothing of what upstream said
   */
  tryKey(trial: KeyTrial): Promise<void>;
}
