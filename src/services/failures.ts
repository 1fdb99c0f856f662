import type { Alarm } from "./alarm.js";

/** What can go wrong because somebody tries doors; what counts as which stands in docs/identity.md. */
export const failureKinds = [
  "code",
  "access_token",
  "refresh_reuse",
  "relay_signature",
  "reveal",
  "csrf",
  "thread_session",
  "webhook_signature",
] as const;
export type FailureKind = (typeof failureKinds)[number];

/** Counts failures. Nobody is kept out by it: honest sign-ins go on while somebody guesses. */
export interface Failures {
  /** @param times how many tries failed at once */
  note(kind: FailureKind, times?: number): void;
}

export interface FailureParts {
  readonly alarm: Pick<Alarm, "raise">;
  /** Told of every failure. */
  readonly count: (kind: FailureKind, times: number) => void;
  /** This many of one kind within the window are a spike. */
  readonly threshold: number;
  readonly windowSeconds: number;
  /** Milliseconds that only go forward. */
  readonly now?: () => number;
}

/**
 * Raises one alert when the failures of one kind reach the threshold within the window, and no other until there were
 * fewer again. For this process alone: each replica watches its own doors.
 */
export function createFailures(parts: FailureParts): Failures {
  const { alarm, count, threshold, windowSeconds, now = () => performance.now() } = parts;
  const watches = new Map<FailureKind, Spike>(failureKinds.map((kind) => [kind, createSpike(threshold)]));
  return {
    note(kind, times = 1) {
      count(kind, times);
      if (watches.get(kind)?.begins(now(), windowSeconds * 1000, times))
        alarm.raise({ alert: "failure_spike", failure: kind, failures: threshold, windowSeconds });
    },
  };
}

interface Spike {
  /** Notes failures at `time`. @returns whether a spike begins with them */
  begins(time: number, window: number, times: number): boolean;
}

/**
 * Remembers when the last `threshold` failures were: with the oldest of them inside the window, it is a spike. A window
 * without any ends it.
 */
function createSpike(threshold: number): Spike {
  const at = new Float64Array(threshold).fill(Number.NEGATIVE_INFINITY);
  let next = 0;
  let last = Number.NEGATIVE_INFINITY;
  let isOn = false;
  return {
    begins(time, window, times) {
      let hasBegun = false;
      isOn &&= time - last < window;
      last = time;
      for (let noted = 0; noted < Math.min(times, threshold); noted++) {
        at[next] = time;
        next = (next + 1) % threshold;
        const wasOn = isOn;
        isOn = time - (at[next] ?? 0) < window;
        hasBegun ||= isOn && !wasOn;
      }
      return hasBegun;
    },
  };
}
