import { expect, test } from "vitest";
import { readSettings } from "../../src/config.js";
import type { Database } from "../../src/database/port.js";
import { createIntegrationUse } from "../../src/services/integration-use.js";
import { server } from "../support/callers.js";

test("a use whose token has ended again after each refresh is UPSTREAM_ERROR: connecting anew would not help", async () => {
  const begun = { useId: "a-use", integrationId: "an-id", organizationId: "one", service: "scripted" };
  const opened = { outcome: "refresh_first", accessToken: null, tokenVersion: 1, refreshDue: true };
  const answers: Record<string, unknown> = { begin_integration_use: begun, open_integration_use: opened };
  const database = { call: async (fn: string) => answers[fn] } as unknown as Database;
  let refreshed = 0;
  const refresh = async () => void refreshed++;
  const { oauthServices: services } = readSettings({
    OAUTH_SERVICES: JSON.stringify({
      scripted: {
        authorizationUrl: "https://a.example/a",
        tokenUrl: "https://a.example/t",
        apiBaseUrl: "https://a.example",
      },
    }),
  });
  const refreshes = { refresh, refreshDue: async () => undefined, settled: async () => undefined };
  const lent = await createIntegrationUse({ database, services, refreshes }).lend(server, "an-id", "GET");
  await expect(lent.open()).rejects.toMatchObject({ code: "UPSTREAM_ERROR" });
  expect(refreshed).toBe(2);
});
