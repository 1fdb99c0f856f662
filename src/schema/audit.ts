import { Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { Sensitive } from "../directives/sensitive.js";
import { auditActions, type AuditAction as ServiceAuditAction } from "../services/audit.js";
import { connectionOf } from "./paging.js";
import { DateTime, JSONObject, JSONValue } from "./scalars.js";

export type AuditAction = ServiceAuditAction;
export const AuditAction = Object.fromEntries(auditActions.map((action) => [action, action])) as {
  [A in AuditAction]: A;
};
registerEnumType(AuditAction, { name: "AuditAction" });

@ObjectType({ simpleResolvers: true })
export class AuditEvent {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  organizationId!: string;

  @Field(() => Int, { description: "1, 2, 3 … without a gap in each organization." })
  sequence!: number;

  @Field(() => AuditAction)
  action!: AuditAction;

  @Field(() => ID, { nullable: true })
  actorId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The actor's name as it is now; the log itself keeps only the id.",
  })
  actorName!: string | null;

  @Field(() => String)
  targetType!: string;

  @Field(() => ID)
  targetId!: string;

  @Field(() => String, { nullable: true })
  reason!: string | null;

  @Field(() => JSONObject, {
    description:
      "What else is known; never a secret, never a revealed value. `change` says what it was where `action` has no word of its own for it, such as PROVIDER_KEY_QUARANTINED.",
  })
  details!: Record<string, unknown>;

  @Sensitive("FULL")
  @Field(() => String, { nullable: true })
  ipAddress!: string | null;

  @Field(() => DateTime)
  occurredAt!: string;

  @Field(() => String, { description: "SHA-256, hex, over this event and previousHash." })
  hash!: string;

  @Field(() => String)
  previousHash!: string;
}

export const AuditEventConnection = connectionOf("AuditEvent", () => AuditEvent);

@InputType()
export class AuditEventFilter {
  @Field(() => [AuditAction], { nullable: true })
  actions?: AuditAction[] | null;

  @Field(() => ID, { nullable: true })
  actorId?: string | null;

  @Field(() => ID, { nullable: true })
  targetId?: string | null;

  @Field(() => DateTime, { nullable: true, description: "This moment and later." })
  since?: string | null;

  @Field(() => DateTime, { nullable: true, description: "Before this moment." })
  until?: string | null;
}

@ObjectType({ simpleResolvers: true })
export class AuditVerification {
  @Field(() => Boolean)
  valid!: boolean;

  @Field(() => Int)
  eventsChecked!: number;

  @Field(() => Int, {
    nullable: true,
    description: "Sequence of the first event that does not fit; for a missing tail, the first one missing.",
  })
  firstInvalid!: number | null;
}

@InputType()
export class RevealCellInput {
  @Field(() => ID)
  rowId!: string;

  @Field(() => ID)
  columnId!: string;

  @Field(() => String, { nullable: true, description: "Why; kept in the audit log. At most 2,000 characters." })
  reason?: string | null;
}

@ObjectType({ simpleResolvers: true })
export class RevealedCell {
  @Field(() => ID)
  rowId!: string;

  @Field(() => ID)
  columnId!: string;

  @Field(() => JSONValue, { nullable: true })
  value!: unknown;

  @Field(() => AuditEvent)
  auditEvent!: AuditEvent;
}
