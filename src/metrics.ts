import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { Calls } from "./database/contract.generated.js";
import type { Database } from "./database/port.js";
import type { Alert } from "./services/alarm.js";
import type { FailureKind } from "./services/failures.js";
import { failureKinds } from "./services/failures.js";

export type Metrics = ReturnType<typeof createMetrics>;

/** From 1 ms to 30 s: what a call may take. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * What Prometheus is told. Labels are our own words alone (routes, functions, kinds): nothing of a request, and so no
 * secret and no unbounded number of series.
 */
export function createMetrics() {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const failures = new Counter({
    name: "cloakroom_failures_total",
    help: "Tries that were refused: wrong codes, tokens, signatures, reveals.",
    labelNames: ["kind"],
    registers,
  });
  for (const kind of failureKinds) failures.inc({ kind }, 0);
  const alerts = new Counter({
    name: "cloakroom_alerts_total",
    help: "Alerts raised.",
    labelNames: ["alert"],
    registers,
  });
  const requests = new Histogram({
    name: "cloakroom_http_request_seconds",
    help: "Requests by route and status.",
    labelNames: ["method", "route", "status"],
    buckets: seconds,
    registers,
  });
  const calls = new Histogram({
    name: "cloakroom_database_call_seconds",
    help: "Calls of database functions, and how they ended.",
    labelNames: ["function", "outcome"],
    buckets: seconds,
    registers,
  });
  return {
    /** Prometheus text. */
    text: () => registry.metrics(),
    contentType: registry.contentType,
    countFailure: (kind: FailureKind, times: number) => failures.inc({ kind }, times),
    countAlert: (alert: Alert["alert"]) => alerts.inc({ alert }),
    /** @param route the route's pattern, never the path that was asked for */
    countRequest: (method: string, route: string, status: number, elapsedSeconds: number) =>
      requests.observe({ method, route, status: String(status) }, elapsedSeconds),
    /** The same database, its calls measured. */
    measured: (database: Database): Database => ({
      ...database,
      async call<F extends keyof Calls>(fn: F, args: Calls[F]["args"], caller: Parameters<Database["call"]>[2]) {
        const end = calls.startTimer({ function: fn });
        try {
          const result = await database.call(fn, args, caller);
          end({ outcome: "ok" });
          return result;
        } catch (error) {
          end({ outcome: (error as { sqlState?: string }).sqlState ?? "error" });
          throw error;
        }
      },
    }),
  };
}
