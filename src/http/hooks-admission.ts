import { addressKey, createRequestLimit } from "../services/request-limit.js";

/** Counts deliveries, before anything is computed. */
export interface HooksAdmission {
  enter(clientAddress: string | null, endpointId: string): HookEntry;
}

/** One delivery, counted. */
export interface HookEntry {
  /** 0 where it may go on, else the seconds after which the next may come. */
  readonly wait: number;
  /** Uncounts it, once it made an event: its signature held, and it had not come before. */
  stored(): void;
}

/**
 * What fails is counted against its network, and what makes an event is not, however many they are. A sender that many share
 * (GitHub) can be made to send what fails to anyone's endpoint: so an endpoint at which a network has delivered before is
 * counted by itself, and goes on. In memory, for this process alone.
 */
export function createHooksAdmission(perMinute: number, capacity = 10_000): HooksAdmission {
  const limit = createRequestLimit({ perMinute });
  // In the order in which they last brought something new.
  const known = new Set<string>();
  return {
    enter(clientAddress, endpointId) {
      const network = addressKey(clientAddress);
      const pair = `${network} ${endpointId.toLowerCase()}`;
      const counted = known.has(pair) ? pair : network;
      return {
        wait: limit.take(counted),
        stored() {
          limit.giveBack(counted);
          known.delete(pair);
          known.add(pair);
          const [oldest] = known;
          if (known.size > capacity && oldest !== undefined) known.delete(oldest);
        },
      };
    },
  };
}
