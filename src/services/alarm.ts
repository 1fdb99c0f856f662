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

export interface Alarm {
  /** One log line, one count, and one delivery where somebody receives them. Never throws and never waits. */
  raise(alert: Alert): void;
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
  const isRepeated = (alert: Alert) => {
    // A spike is told from the next by whoever counts failures.
    if (alert.alert === "failure_spike") return false;
    const key = JSON.stringify(alert);
    const last = raisedAt.get(key);
    if (last !== undefined && now() - last < quietSeconds * 1000) return true;
    raisedAt.delete(key);
    raisedAt.set(key, now());
    const [oldest] = raisedAt.keys();
    if (raisedAt.size > capacity && oldest !== undefined) raisedAt.delete(oldest);
    return false;
  };
  return {
    raise(alert) {
      if (isRepeated(alert)) return;
      count(alert.alert);
      log("alert", { ...alert });
      receiver?.deliver(alert).catch(() => log("an alert could not be delivered", { alert: alert.alert }));
    },
  };
}
