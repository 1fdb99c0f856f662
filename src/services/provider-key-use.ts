import type { TakenProviderKey } from "../database/contract.generated.js";
import type { Log } from "../database/log.js";
import type { Caller, Database } from "../database/port.js";
import { chooseKey, isAllowed } from "./chat-keys.js";
import { Plaintext } from "./crypto/plaintext.js";
import { domainErrorOf, unauthenticated } from "./errors.js";
import type { TokenUsage } from "./outside/model-providers/chat-shapes.js";
import type { KeyInUse } from "./outside/model-providers/key-in-use.js";

/** Who asks, and for which organization. */
export interface KeyUser {
  readonly user: Caller;
  /** The server acting for the same request: it alone opens keys. */
  readonly server: Caller;
  readonly organizationId: string;
}

export interface WantedUse {
  readonly providerKeyId: string | null;
  /** Its newest active key is taken where none is named; without either, the model chooses. */
  readonly provider: string | null;
  /** Null where no model is asked anything. */
  readonly model: string | null;
  /** Set aside of the day's budget until the use is settled. */
  readonly tokensReserved: number;
}

export type UseOutcome = "COMPLETED" | "UPSTREAM_ERROR" | "ABORTED" | "FAILED";

/** One key, open for one call. */
export interface ProviderKeyUse {
  readonly key: KeyInUse;
  /** As its provider names it: what was asked for, without what only chose the key. */
  readonly model: string | null;
  /** Whether the key and its organization may be used with a model. */
  allows(model: string): boolean;
  /** Whether tokens are counted against a limit of the key or of its organization. */
  readonly isBudgeted: boolean;
  /**
   * Takes what was set aside back, and counts what was spent. Never throws: the call is over. Where the database is away
   * it is tried again for a quarter of an hour, for which nobody waits.
   */
  settle(tokens: TokenUsage, outcome: UseOutcome): Promise<void>;
}

/**
 * Membership, the key's state and its limits are checked and counted, and the key is opened, once and on record. A use
 * that is never settled keeps what it set aside to the end of its UTC day.
 * @throws UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, CONFLICT, BAD_USER_INPUT, RATE_LIMITED
 */
export async function openProviderKeyUse(
  database: Database,
  log: Log,
  { user, server, organizationId }: KeyUser,
  wanted: WantedUse,
): Promise<ProviderKeyUse> {
  const { sub: userId, session_id: sessionId } = user.claims ?? {};
  if (typeof userId !== "string" || typeof sessionId !== "string") throw unauthenticated();
  const taking = (named: WantedUse) =>
    database.call("take_provider_key", { userId, sessionId, organizationId, ...named }, server);
  // A session of Supabase Auth is taken over at the first call of its own: this may have been to be the first.
  const take = (named: WantedUse) =>
    taking(named).catch(async (error: unknown) => {
      if (domainErrorOf(error)?.code !== "UNAUTHENTICATED" || user.claims?.aal === undefined) throw error;
      await database.call("session", {}, user);
      return taking(named);
    });
  const { asked, taken } = await takeChosen(take, wanted);
  const { useId, provider, baseUrl, apiKey } = taken;
  if (useId === null || provider === null || apiKey === null) throw new Error("A provider key was not taken.");
  return {
    key: { provider, baseUrl, apiKey: new Plaintext(apiKey) },
    model: asked.model,
    allows: (model) => isAllowed(model, taken.models) && isAllowed(model, taken.organizationModels),
    isBudgeted: taken.tokensLimited !== false,
    async settle({ inputTokens, outputTokens }, outcome) {
      const args = { useId, inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0, outcome };
      const end = () => database.call("end_provider_key_use", args, server);
      await end().catch(() => void endLater(end, log));
    },
  };
}

/**
 * The key that is named, or the one that the server chooses where several could serve. Between choosing and taking it may
 * be rotated, deactivated or deleted: of that the caller, who named none, is not to hear while another can be taken.
 */
async function takeChosen(
  take: (named: WantedUse) => Promise<TakenProviderKey>,
  wanted: WantedUse,
  triesLeft = 3,
): Promise<{ asked: WantedUse; taken: TakenProviderKey }> {
  const taken = await take(wanted);
  if (!taken.choices || wanted.model === null) return { asked: wanted, taken };
  const choice = chooseKey(taken.choices, wanted.model);
  const asked = { ...wanted, providerKeyId: choice?.key.id ?? null, model: choice?.model ?? wanted.model };
  try {
    return { asked, taken: await take(asked) };
  } catch (error) {
    const isGone = ["CONFLICT", "NOT_FOUND"].includes(domainErrorOf(error)?.code ?? "");
    if (!isGone || triesLeft <= 1) throw error;
    return takeChosen(take, wanted, triesLeft - 1);
  }
}

/** The same use ends once, however often it is asked for. */
async function endLater(end: () => Promise<unknown>, log: Log): Promise<void> {
  for (const seconds of [1, 5, 30, 120, 300, 600]) {
    // Does not keep a server that is stopping.
    await new Promise<void>((resolve) => void setTimeout(resolve, seconds * 1000).unref());
    const isEnded = await end().then(
      () => true,
      () => false,
    );
    if (isEnded) return;
  }
  log("a use of a provider key was not settled");
}

export const nothingSpent: TokenUsage = { inputTokens: 0, outputTokens: 0 };
