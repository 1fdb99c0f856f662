import { Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { Sensitive } from "../directives/sensitive.js";
import { type WebhookStyle as ServiceWebhookStyle, webhookStyles } from "../services/webhooks.js";
import { connectionOf } from "./paging.js";
import { DateTime, JSONValue } from "./scalars.js";

export type WebhookStyle = ServiceWebhookStyle;
export const WebhookStyle = Object.fromEntries(webhookStyles.map((style) => [style, style])) as {
  [S in WebhookStyle]: S;
};
registerEnumType(WebhookStyle, {
  name: "WebhookStyle",
  description: "How the sender signs.",
  valuesConfig: {
    STANDARD: { description: "Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature" },
    GITHUB: { description: "X-Hub-Signature-256 and X-GitHub-Delivery" },
    STRIPE: { description: "Stripe-Signature; the id is the event's own" },
  },
});

@ObjectType({ simpleResolvers: true })
export class WebhookEndpoint {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  organizationId!: string;

  @Field(() => String)
  name!: string;

  @Field(() => WebhookStyle)
  style!: WebhookStyle;

  @Field(() => String, { description: "Path to post to, below PUBLIC_URL." })
  path!: string;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime, { nullable: true })
  lastDeliveryAt!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "Until when the secret before the last rotation signs too; null where it does no longer.",
  })
  previousSecretUntil!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class WebhookEvent {
  @Field(() => ID)
  id!: string;

  @Field(() => String, {
    description:
      "The sender's id of it: webhook-id (STANDARD), X-GitHub-Delivery (GITHUB, not covered by the signature), or the event's own id (STRIPE).",
  })
  messageId!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "What happened. GITHUB: X-GitHub-Event, which the signature does not cover. STANDARD and STRIPE: the payload's `type`, where that is text of at most 256 characters. Null where the delivery says nothing of it.",
  })
  eventType!: string | null;

  @Field(() => JSONValue, {
    description:
      "Numbers as a double holds them; where more digits matter, or a name that stands twice, see rawPayload.",
  })
  payload!: unknown;

  @Field(() => String, { description: "The body as it came, to the character, but for a byte order mark." })
  rawPayload!: string | null;

  @Field(() => DateTime)
  receivedAt!: string;
}

export const WebhookEventConnection = connectionOf("WebhookEvent", () => WebhookEvent);

@InputType()
export class AddWebhookEndpointInput {
  @Field(() => ID)
  organizationId!: string;

  @Field(() => String, { description: "At most 200 characters." })
  name!: string;

  @Sensitive()
  @Field(() => String, {
    nullable: true,
    description:
      "Bring your own; left out, one is made. Standard Webhooks form: whsec_… and the base64 of 24 to 64 bytes. GITHUB and STRIPE take 16 characters or more, as the sender has them.",
  })
  secret?: string | null;

  @Field(() => WebhookStyle, { defaultValue: "STANDARD" })
  style!: WebhookStyle;
}

@InputType()
export class RotateWebhookSecretInput {
  @Field(() => ID)
  id!: string;

  @Sensitive()
  @Field(() => String, { nullable: true, description: "As for addWebhookEndpoint; left out, one is made." })
  secret?: string | null;

  @Field(() => Int, {
    defaultValue: 86_400,
    description: "How long the secret before signs too, at most 30 days; 0 ends it at once.",
  })
  overlapSeconds!: number;
}

@ObjectType({ simpleResolvers: true })
export class NewWebhookEndpoint {
  @Field(() => WebhookEndpoint)
  endpoint!: WebhookEndpoint;

  @Field(() => String)
  secret!: string;
}
