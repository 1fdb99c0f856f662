import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { type GraphqlAnswer, relaySecret } from "./server.js";

export interface IngestAnswer {
  readonly ingestMessage: {
    readonly messageId: string;
    readonly conversationId: string;
    readonly duplicate: boolean;
    readonly reply: string | null;
  };
}

export const ingestQuery = `mutation($input: IngestMessageInput!) {
  ingestMessage(input: $input) { messageId conversationId duplicate reply }
}`;

export const aMessageInput = {
  chatGuid: "iMessage;-;+14155550100",
  mode: "DIRECT",
  sender: "+14155550100",
  text: "hello",
  timestamp: 1_760_000_000.25,
  participants: ["+14155550100"],
};

/** The body of an ingestMessage request. */
export const ingestBody = (input: object) =>
  JSON.stringify({ query: ingestQuery, variables: { input: { ...aMessageInput, ...input } } });

/** Headers as the standardwebhooks package signs them. */
export function signedHeaders(
  body: string,
  { id = randomUUID() as string, at = new Date(), secret = relaySecret } = {},
) {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
}

/** Posts a body to a server as the relay does. */
export async function post<Data = IngestAnswer>(
  url: string,
  body: string,
  headers: Record<string, string>,
): Promise<GraphqlAnswer<Data>> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const text = await response.text();
  const { data, errors = [] } = JSON.parse(text);
  return {
    status: response.status,
    headers: response.headers,
    text,
    data,
    errors,
    code: errors[0]?.extensions?.code ?? null,
  };
}
