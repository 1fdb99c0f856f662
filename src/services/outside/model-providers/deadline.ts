import { tooSlow } from "./upstream-error.js";

/** One signal for all that ends a call early; its reason is what the caller is told. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Forgets timer and caller: a call that is over keeps neither alive. */
  clear(): void;
}

export function createDeadline(milliseconds: number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const leave = () => controller.abort(caller?.reason);
  const timer = setTimeout(() => controller.abort(tooSlow()), milliseconds);
  if (caller?.aborted) leave();
  caller?.addEventListener("abort", leave, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      caller?.removeEventListener("abort", leave);
    },
  };
}
