import type { AuditEvent, AuditVerification } from "../database/contract.generated.js";
import type { Log } from "../database/log.js";
import type { Caller, Database } from "../database/port.js";
import type { Alarm } from "./alarm.js";
import { domainErrorOf, forbidden, rateLimited } from "./errors.js";
import type { Failures } from "./failures.js";

/** As the contract publishes them: clients send them, so there are no others. What else the log tells apart is in `details.change`. */
export const auditActions = [
  "CELL_REVEALED",
  "REVEAL_DENIED",
  "PROVIDER_KEY_ADDED",
  "PROVIDER_KEY_UPDATED",
  "PROVIDER_KEY_ROTATED",
  "PROVIDER_KEY_DELETED",
  "PROVIDER_KEY_USED",
  "INTEGRATION_ADDED",
  "INTEGRATION_REFRESHED",
  "INTEGRATION_DELETED",
  "INTEGRATION_USED",
  "WEBHOOK_ENDPOINT_ADDED",
  "WEBHOOK_ENDPOINT_DELETED",
  "TABLE_CREATED",
  "TABLE_DELETED",
  "COLUMN_SEALED",
  "COLUMN_UNSEALED",
  "COLUMN_DELETED",
  "ROWS_DELETED",
  "MEMBER_ADDED",
  "MEMBER_UPDATED",
  "MEMBER_REMOVED",
  "ORGANIZATION_CREATED",
  "ORGANIZATION_DELETED",
  "DATA_KEY_ROTATED",
] as const;
export type AuditAction = (typeof auditActions)[number];

export interface AuditEventRecord extends Omit<AuditEvent, "action" | "details"> {
  readonly action: AuditAction;
  readonly details: Record<string, unknown>;
}

export interface AuditFilter {
  readonly actions?: readonly AuditAction[] | null | undefined;
  readonly actorId?: string | null | undefined;
  readonly targetId?: string | null | undefined;
  readonly since?: string | null | undefined;
  readonly until?: string | null | undefined;
}

export interface Revelation {
  readonly rowId: string;
  readonly columnId: string;
  /** The plaintext: it goes into the answer and nowhere else. */
  readonly value: unknown;
  readonly auditEvent: AuditEventRecord;
}

export interface AuditParts {
  readonly database: Database;
  readonly failures: Failures;
  readonly alarm: Alarm;
  readonly log: Log;
}

/** Reading and checking the log, and the one way by which a sealed value comes out. */
export function createAudit({ database, failures, alarm, log }: AuditParts) {
  return {
    /**
     * Decrypts one cell; the audit event is written in the same transaction, for a refusal too.
     * @throws FORBIDDEN for a viewer, RATE_LIMITED beyond the member's budget, NOT_FOUND for strangers,
     * BAD_USER_INPUT `input.columnId` for a column that is not sensitive
     */
    async revealCell(
      caller: Caller,
      { rowId, columnId, reason = null }: { rowId: string; columnId: string; reason?: string | null | undefined },
    ): Promise<Revelation> {
      const answer = await database.call("reveal_cell", { rowId, columnId, reason }, caller).catch((error: unknown) => {
        // A stranger's try is no event of the foreign log. What stands in for an id may be anything: it is not repeated.
        if (domainErrorOf(error)?.code === "NOT_FOUND") {
          failures.note("reveal");
          log("reveal refused: not found", { actorId: caller.claims?.sub });
        }
        throw error;
      });
      const { organizationId, sequence, hash } = answer.auditEvent as AuditEventRecord;
      // An anchor outside the database: whoever rewrites the log there cannot rewrite this.
      log("reveal recorded", { outcome: answer.outcome, organizationId, sequence, hash });
      if (answer.outcome !== "revealed") failures.note("reveal");
      if (answer.outcome === "forbidden") throw forbidden("Your role in this organization does not allow revealing.");
      if (answer.outcome !== "revealed") {
        alarm.raise({ alert: "reveal_burst", organizationId, actorId: String(caller.claims?.sub) });
        throw rateLimited(answer.retryAfter ?? 60);
      }
      return { rowId, columnId, value: answer.value, auditEvent: answer.auditEvent as AuditEventRecord };
    },
    /** Newest first, up to one more than `first`, before the event of sequence `after`. ADMIN. */
    async auditEvents(
      caller: Caller,
      organizationId: string,
      filter: AuditFilter,
      page: { readonly first: number; readonly after: number | null },
    ): Promise<AuditEventRecord[]> {
      const events = await database.call("audit_events", { organizationId, filter, ...page }, caller);
      return events as AuditEventRecord[];
    },
    /** Recomputes the whole chain; one that does not fit is an alert. ADMIN. */
    async verifyAuditLog(caller: Caller, organizationId: string): Promise<AuditVerification> {
      const verification = await database.call("verify_audit_log", { organizationId }, caller);
      const { valid, firstInvalid } = verification;
      if (!valid) alarm.raise({ alert: "audit_chain_broken", organizationId, firstInvalid });
      return verification;
    },
  };
}
