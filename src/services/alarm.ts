import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../database/log.js";
import type { AlertReceiver } from "./outside/alert-receiver.js";

/** What somebody should look at. Counts and ids: never a secret, a phone, an address or anybody's text. */
export type Alert =
  | {
      readonly alert: "failure_spike";
      readonly failure: string;
      readonly failures: number;
      readonly windowSeconds: number;
    }
  | { readonly alert: "reveal_burst"; readonly organizationId: string; readonly actorId: string }
  | { readonly alert: "audit_chain_broken"; readonly organizationId: string; readonly firstInvalid: number | null }
  | { readonly alert: "relay_conflict" }
  | { readonly alert: "database_away" }
  | { readonly alert: "integration_needs_reconnect"; readonly organizationId: string; readonly integrationId: string };

export interface KeptAlert {
  /** Of the alert, each time that it is raised. */
  readonly id: string;
  /** Called once the alert was taken: by whoever receives them, else by the log. */
  readonly forget: () => Promise<unknown>;
}

export interface Alarm {
  /** One log line, one count, and one delivery where somebody receives them. Never throws and never waits. */
  raise(alert: Alert): void;
  /** As `raise`, for what is kept and raised again until it was taken: each time it is delivered. */
  raiseKept(alert: Alert, kept: KeptAlert): void;
  /** What is being delivered has been, or so many seconds have passed. */
  settled(mostSeconds?: number): Promise<void>;
}

export interface AlarmParts {
  readonly log: Log;
  readonly count: (alert: Alert["alert"]) => void;
  readonly receiver: AlertReceiver | null;
  /** For how long the same alert about the same thing is not raised again. */
  readonly quietSeconds: number;
  /** Milliseconds that only go forward. */
  readonly now?: () => number;
}

/** Things remembered at most; beyond it the one alerted longest ago is forgotten. */
const capacity = 10_000;

export function createAlarm({ log, count, receiver, quietSeconds, now = () => performance.now() }: AlarmParts): Alarm {
  const raisedAt = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  const isRepeated = (key: string) => {
    const last = raisedAt.get(key);
    if (last !== undefined && now() - last < quietSeconds * 1000) return true;
    raisedAt.delete(key);
    raisedAt.set(key, now());
    const [oldest] = raisedAt.keys();
    if (raisedAt.size > capacity && oldest !== undefined) raisedAt.delete(oldest);
    return false;
  };
  const announce = (alert: Alert) => {
    count(alert.alert);
    log("alert", { ...alert });
  };
  const deliver = (alert: Alert, kept?: KeptAlert) => {
    const delivery = Promise.resolve(receiver?.deliver(alert, kept?.id))
      .then(
        // What cannot be forgotten is told once more.
        () => kept?.forget().catch(() => undefined),
        () => log("an alert could not be delivered", { alert: alert.alert }),
      )
      .then(() => void underWay.delete(delivery));
    underWay.add(delivery);
  };
  return {
    raise(alert) {
      // A spike is told from the next by whoever counts failures.
      if (alert.alert !== "failure_spike" && isRepeated(JSON.stringify(alert))) return;
      announce(alert);
      deliver(alert);
    },
    raiseKept(alert, kept) {
      if (!isRepeated(kept.id)) announce(alert);
      deliver(alert, kept);
    },
    async settled(mostSeconds = 5) {
      const tooLate = new AbortController();
      const { signal } = tooLate;
      await Promise.race([Promise.all(underWay), sleep(mostSeconds * 1000, undefined, { signal })]);
      tooLate.abort();
    },
  };
}
