import DataLoader from "dataloader";
import type { Caller } from "../database/port.js";
import type { createWebhooks, WebhookEventPage, WebhookEventRecord } from "./webhooks.js";

export interface WebhookEventsKey extends WebhookEventPage {
  readonly endpointId: string;
}

type Webhooks = Pick<ReturnType<typeof createWebhooks>, "webhookEvents">;

/** A page of events for each endpoint of a request: one call for all that ask for the same page. */
export function createWebhookLoaders(webhooks: Webhooks, caller: Caller) {
  const load = async (keys: readonly WebhookEventsKey[]) => {
    const pages = new Map(keys.map((key) => [pageName(key), key]));
    const calls = [...pages].map(async ([name, page]) => {
      const ids = keys.filter((key) => pageName(key) === name).map((key) => key.endpointId);
      return [name, await webhooks.webhookEvents(caller, [...new Set(ids)], page)] as const;
    });
    const found = new Map(await Promise.all(calls));
    return keys.map((key) => (found.get(pageName(key)) ?? []).filter((event) => event.endpointId === key.endpointId));
  };
  return { webhookEvents: new DataLoader<WebhookEventsKey, WebhookEventRecord[]>(load, { cache: false }) };
}

const pageName = ({ limit, after, asText }: WebhookEventPage) => `${limit} ${after} ${asText}`;
