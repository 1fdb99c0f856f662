import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("verifyAuditLog", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  const verify = async () =>
    (await stage.ask("verifyAuditLog", { organizationId: stage.owner.organizationId }, stage.admin)).value;

  test("answers that the log is whole, and which event is not after its owner changed one", async () => {
    const events = (await stage.log()).length;
    expect(await verify()).toEqual({ valid: true, eventsChecked: events, firstInvalid: null });
    const { admin } = stage.server;
    await admin.query("alter table cloakroom.audit_events disable trigger user");
    await admin.query("update cloakroom.audit_events set actor_id = null where sequence = 2 and organization_id = $1", [
      stage.owner.organizationId,
    ]);
    expect(await verify()).toEqual({ valid: false, eventsChecked: events, firstInvalid: 2 });
    await admin.query("delete from cloakroom.audit_events where sequence > 1");
    expect(await verify()).toEqual({ valid: false, eventsChecked: 1, firstInvalid: 2 });
  });

  test("is for ADMINs, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const { organizationId } = stage.owner;
    expect(await stage.codes("verifyAuditLog", () => ({ organizationId }))).toEqual(answeredFrom("ADMIN"));
    for (const code of await stage.codesOfUnknown("verifyAuditLog", (id) => ({ organizationId: id })))
      expect(code).toBe("NOT_FOUND");
  });
});
