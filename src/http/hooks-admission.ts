import { addressKey, createRequestLimit } from "../services/request-limit.js";

/** Counts deliveries, before anything is computed. */
export interface HooksAdmission {
  enter(clientAddress: string | null, endpointId: string): HookEntry;
}

/** One delivery, counted. */
export interface HookEntry {
  /** 0 where it may go on, else the seconds after which the next may come. */
  readonly wait: number;
  /** It made an event, since its signature held and it had not come before: from now on it counts as such alone. */
  stored(): void;
}

/** So many times the limit of a caller: a service that sends is one sender for many. */
const eventsPerRequest = 10;

/**
 * What fails is counted against its network, and what makes an event against its endpoint alone, which takes ten times as
 * many: nobody else's failures use that up. A sender that many share (GitHub) can be made to send what fails to anyone's
 * endpoint: so an endpoint at which a network has delivered before is counted by itself, and goes on. In memory, for this
 * process alone.
 */
export function createHooksAdmission(perMinute: number, capacity = 10_000): HooksAdmission {
  const limit = createRequestLimit({ perMinute });
  const events = createRequestLimit({ perMinute: perMinute * eventsPerRequest });
  // In the order in which they last brought something new.
  const known = new Set<string>();
  return {
    enter(clientAddress, endpointId) {
      const network = addressKey(clientAddress);
      const endpoint = endpointId.toLowerCase();
      const pair = `${network} ${endpoint}`;
      const counted = known.has(pair) ? pair : network;
      return {
        wait: events.wait(endpoint) || limit.take(counted),
        stored() {
          limit.giveBack(counted);
          events.take(endpoint);
          known.delete(pair);
          known.add(pair);
          const [oldest] = known;
          if (known.size > capacity && oldest !== undefined) known.delete(oldest);
        },
      };
    },
  };
}
