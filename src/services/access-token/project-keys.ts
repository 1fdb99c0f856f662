import { type CompactVerifyGetKey, createRemoteJWKSet, customFetch, type FetchImplementation } from "jose";
import { boundedText } from "../../database/bounded-text.js";

const patienceMilliseconds = 3_000;
/** A key that nobody knows is asked for no oftener, whoever makes up names of keys. */
const cooldownMilliseconds = 30_000;
/** How long a key that the project has withdrawn may still serve. */
const keptMilliseconds = 600_000;
/** After a failure: tokens of keys that are not known yet are refused meanwhile. */
const backOffMilliseconds = 5_000;
const largestKeySet = 64 * 1024;

/**
 * The keys that a Supabase project publishes, fetched when a token first needs them and again for one whose key is not
 * among them. A project that is down, slow or answers anything but a small key set keeps only such tokens waiting, and
 * never longer than three seconds.
 */
export const createProjectKeys = (url: URL): CompactVerifyGetKey =>
  createRemoteJWKSet(url, {
    timeoutDuration: patienceMilliseconds,
    cooldownDuration: cooldownMilliseconds,
    cacheMaxAge: keptMilliseconds,
    [customFetch]: createFetch(),
  });

/** jose waits only after an answer that served, and reads answers of any size. */
function createFetch(): FetchImplementation {
  let failedAt = Number.NEGATIVE_INFINITY;
  return async (url, options) => {
    if (Date.now() < failedAt + backOffMilliseconds)
      throw new Error("The project's keys could not be fetched just now.");
    try {
      return Response.json(await keySetAt(url, options));
    } catch (error) {
      failedAt = Date.now();
      throw error;
    }
  };
}

/** `options` have redirects left alone: the keys are pinned to one address. */
async function keySetAt(url: string, options: Parameters<FetchImplementation>[1]): Promise<unknown> {
  const response = await fetch(url, options);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`The project answered ${response.status} for its keys.`);
  }
  const text = await boundedText(response.body, largestKeySet);
  if (text === null) throw new Error("The project's key set is too large.");
  const keySet: unknown = JSON.parse(text);
  if (!Array.isArray((keySet as { keys?: unknown } | null)?.keys)) throw new Error("The project answered no key set.");
  return keySet;
}
