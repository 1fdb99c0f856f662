import { addressKey, createRequestLimit } from "../services/request-limit.js";

/** Counts deliveries: `enter` before anything is computed, `verified` once the signature held. */
export interface HooksAdmission {
  /** @returns 0 where it may go on, else the seconds after which the next may come */
  enter(clientAddress: string | null, endpointId: string): number;
  verified(clientAddress: string | null, endpointId: string): void;
}

/**
 * What fails is counted against its network. A sender that many share (GitHub) can be made to send what fails to anyone's
 * endpoint: so an endpoint at which a network has delivered before is counted by itself, and goes on. In memory, for
 * this process alone.
 */
export function createHooksAdmission(perMinute: number, capacity = 10_000): HooksAdmission {
  const limit = createRequestLimit({ perMinute });
  // In the order in which they were last verified.
  const known = new Set<string>();
  const pairOf = (address: string | null, endpointId: string) => `${addressKey(address)} ${endpointId.toLowerCase()}`;
  return {
    enter(clientAddress, endpointId) {
      const pair = pairOf(clientAddress, endpointId);
      return limit.take(known.has(pair) ? pair : addressKey(clientAddress));
    },
    verified(clientAddress, endpointId) {
      const pair = pairOf(clientAddress, endpointId);
      if (!known.delete(pair)) limit.giveBack(addressKey(clientAddress));
      known.add(pair);
      const [oldest] = known;
      if (known.size > capacity && oldest !== undefined) known.delete(oldest);
    },
  };
}
