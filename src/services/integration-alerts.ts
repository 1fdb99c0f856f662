import type { Log } from "../database/log.js";
import type { Database } from "../database/port.js";
import { serverCaller } from "../database/server-caller.js";
import type { Alert, KeptAlert } from "./alarm.js";

export type IntegrationAlert = Extract<Alert, { readonly alert: "integration_needs_reconnect" }>;

export interface IntegrationAlertParts {
  readonly database: Database;
  readonly log: Log;
  /** Never throws, and calls `forget` once somebody took the alert. Under the same id it may come again until then. */
  readonly alert: (alert: IntegrationAlert, kept: KeptAlert) => void;
}

/**
 * Tells of the integrations that need their users, each at least once: that somebody is to be told stands in the
 * database from the transaction on in which it became so, until somebody was. Never throws: what nobody was told of yet
 * stays there.
 */
export function createIntegrationAlerts({ database, log, alert }: IntegrationAlertParts): () => Promise<void> {
  const server = serverCaller();
  return async () => {
    try {
      for (const { integrationId, organizationId, tokenVersion } of await database.call(
        "take_integration_alerts",
        {},
        server,
      ))
        alert(
          { alert: "integration_needs_reconnect", organizationId, integrationId },
          {
            id: `msg_${integrationId}_${tokenVersion}`,
            forget: () => database.call("note_integration_alert", { integrationId, tokenVersion }, server),
          },
        );
    } catch (error) {
      log("alerts about integrations have to wait", { error: (error as Error).name });
    }
  };
}
