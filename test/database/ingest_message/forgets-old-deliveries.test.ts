import { afterAll, beforeAll, expect, it } from "vitest";
import { server } from "../../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { aMessage } from "../../support/messages.js";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const ingest = (webhookId: string, changes: Record<string, unknown> = {}) =>
  test.database.call("ingest_message", { ...aMessage, webhookId, bodyHash: "aa", ...changes }, server);
const age = (days: number) =>
  test.admin.query("update cloakroom.relay_inbox set received_at = now() - make_interval(days => $1)", [days]);
const count = async () => (await test.admin.query("select from cloakroom.relay_inbox")).rowCount;

it("ingest_message forgets deliveries after 30 days, ten with each that comes, and the message's own id still finds it", async () => {
  const first = await ingest("w-0", { messageId: "m-0" });
  for (let n = 1; n < 25; n++) await ingest(`w-${n}`);
  await age(29);
  await ingest("w-25");
  expect(await count()).toBe(26);
  await age(31);
  for (const left of [17, 8, 3]) {
    await ingest(`w-new-${left}`);
    expect(await count()).toBe(left);
  }
  expect(await ingest("w-0", { messageId: "m-0", bodyHash: "bb" })).toEqual({ ...first, duplicate: true });
});
