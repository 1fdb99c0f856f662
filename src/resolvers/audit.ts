import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import {
  type AuditEvent,
  AuditEventConnection,
  AuditEventFilter,
  AuditVerification,
  RevealCellInput,
  RevealedCell,
} from "../schema/audit.js";
import { type Connection, PageArguments, pageOf, toConnection } from "../schema/paging.js";
import { type RequestContext, signedIn } from "../services/request.js";

@Resolver()
export class AuditResolver {
  @Query(() => AuditEventConnection, { description: "Newest first." })
  async auditEvents(
    @Arg("organizationId", () => ID) organizationId: string,
    @Arg("filter", () => AuditEventFilter, { nullable: true }) filter: AuditEventFilter | null,
    @Args(() => PageArguments) args: PageArguments,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AuditEvent>> {
    const page = pageOf(args, ["integer"]);
    // Sequences are 32 bits; a cursor may claim more.
    const after = page.after === null ? null : Math.min(Number(page.after[0]), 2 ** 31 - 1);
    const asked = { first: page.limit - 1, after };
    const events = await context.services.audit.auditEvents(signedIn(context), organizationId, filter ?? {}, asked);
    return toConnection(events, page, ({ sequence }) => [sequence]);
  }

  @Mutation(() => RevealedCell, {
    description:
      "Decrypts one cell of a sensitive column (an empty one reveals null; a column that is not sensitive is BAD_USER_INPUT). Written to the audit log in the same transaction: no log, no value.",
  })
  revealCell(
    @Arg("input", () => RevealCellInput) input: RevealCellInput,
    @Ctx() context: RequestContext,
  ): Promise<RevealedCell> {
    return context.services.audit.revealCell(signedIn(context), input);
  }

  @Mutation(() => AuditVerification, { description: "Recomputes the hash chain of the organization's audit log." })
  verifyAuditLog(
    @Arg("organizationId", () => ID) organizationId: string,
    @Ctx() context: RequestContext,
  ): Promise<AuditVerification> {
    return context.services.audit.verifyAuditLog(signedIn(context), organizationId);
  }
}
