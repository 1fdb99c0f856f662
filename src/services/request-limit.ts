import { isIPv6 } from "node:net";

/** Counts requests per key. */
export interface RequestLimit {
  /** Counts one request. @returns 0 where it may go on, else the seconds after which the next may come */
  take(key: string): number;
  /** @returns what `take` would, and counts nothing */
  wait(key: string): number;
  /** Uncounts one request that was counted in this minute. */
  giveBack(key: string): void;
}

export interface RequestLimitOptions {
  /** 0 for no limit. */
  readonly perMinute: number;
  /** Keys remembered at most; beyond it the one that began longest ago is forgotten. */
  readonly capacity?: number;
  /** Milliseconds that only go forward. */
  readonly now?: () => number;
}

interface Window {
  readonly startedAt: number;
  count: number;
}

const minute = 60_000;

/** A minute begins with a key's first request and ends for all of them at once. In memory, for this process alone. */
export function createRequestLimit(options: RequestLimitOptions): RequestLimit {
  const { perMinute, capacity = 50_000, now = () => performance.now() } = options;
  // In the order in which windows began, so that those at the front are the first to be over.
  const windows = new Map<string, Window>();
  const forgetOver = (time: number) => {
    for (const [key, { startedAt }] of windows) {
      if (time - startedAt < minute && windows.size < capacity) return;
      windows.delete(key);
    }
  };
  const remaining = ({ startedAt }: Window, time: number) => Math.max(1, Math.ceil((startedAt + minute - time) / 1000));
  return {
    wait(key) {
      const window = windows.get(key);
      const time = now();
      if (!window || window.count < perMinute || time - window.startedAt >= minute) return 0;
      return remaining(window, time);
    },
    giveBack(key) {
      const window = windows.get(key);
      if (window && window.count > 0) window.count -= 1;
    },
    take(key) {
      if (perMinute === 0) return 0;
      const time = now();
      forgetOver(time);
      const window = windows.get(key) ?? { startedAt: time, count: 0 };
      if (!windows.has(key)) windows.set(key, window);
      window.count += 1;
      return window.count <= perMinute ? 0 : remaining(window, time);
    },
  };
}

/** One key for a network that one caller commands: an IPv4 address, or the first 64 bits of an IPv6 one. */
export function addressKey(address: string | null): string {
  if (!address || !isIPv6(address)) return `address:${address}`;
  const [head = "", tail] = address.split("::");
  const left = head.split(":");
  const groups = tail === undefined ? left : [...left, ...Array(8).fill("0")];
  return `network:${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group || "0", 16))
    .join(":")}`;
}
