import type { Caller } from "../database/port.js";
import { createPageLoader } from "./page-loader.js";
import type { createWebhooks, WebhookEventPage, WebhookEventRecord } from "./webhooks.js";

type Webhooks = Pick<ReturnType<typeof createWebhooks>, "webhookEvents">;

/** A page of events for each endpoint of a request. */
export const createWebhookLoaders = (webhooks: Webhooks, caller: Caller) => ({
  webhookEvents: createPageLoader<"endpointId", WebhookEventPage, WebhookEventRecord>("endpointId", (ids, page) =>
    webhooks.webhookEvents(caller, ids, page),
  ),
});
