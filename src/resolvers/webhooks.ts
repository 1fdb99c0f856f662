import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from "type-graphql";
import { type Connection, PageArguments, pageOf, toConnection } from "../schema/paging.js";
import {
  AddWebhookEndpointInput,
  NewWebhookEndpoint,
  RotateWebhookSecretInput,
  WebhookEndpoint,
  type WebhookEvent,
  WebhookEventConnection,
} from "../schema/webhook.js";
import { type RequestContext, signedIn } from "../services/request.js";
import { isNamed } from "./named-fields.js";

@Resolver(() => WebhookEndpoint)
export class WebhooksResolver {
  @Query(() => [WebhookEndpoint])
  webhookEndpoints(
    @Arg("organizationId", () => ID) organizationId: string,
    @Ctx() context: RequestContext,
  ): Promise<WebhookEndpoint[]> {
    return context.services.webhooks.webhookEndpoints(signedIn(context), organizationId);
  }

  @Query(() => WebhookEndpoint)
  webhookEndpoint(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<WebhookEndpoint> {
    return context.services.webhooks.webhookEndpoint(signedIn(context), id);
  }

  @FieldResolver(() => WebhookEventConnection, { description: "Deliveries that passed verification, newest first." })
  async events(
    @Root() { id }: WebhookEndpoint,
    @Args(() => PageArguments) args: PageArguments,
    @Ctx() { loaders }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<WebhookEvent>> {
    const page = pageOf(args, ["integer"]);
    const after = page.after === null ? null : Number(page.after[0]);
    const asText = isNamed("rawPayload", info);
    const events = await loaders.webhookEvents.load({ endpointId: id, limit: page.limit, after, asText });
    return toConnection(events, page, ({ sequence }) => [sequence]);
  }

  @Mutation(() => NewWebhookEndpoint, {
    description: "Makes a signed inbound webhook. The secret is in this answer and never again.",
  })
  addWebhookEndpoint(
    @Arg("input", () => AddWebhookEndpointInput) input: AddWebhookEndpointInput,
    @Ctx() context: RequestContext,
  ): Promise<NewWebhookEndpoint> {
    return context.services.webhooks.addWebhookEndpoint(signedIn(context), input);
  }

  @Mutation(() => NewWebhookEndpoint, {
    description:
      "Replaces the secret; the one before signs too for a while. The new one is in this answer and never again.",
  })
  rotateWebhookSecret(
    @Arg("input", () => RotateWebhookSecretInput) input: RotateWebhookSecretInput,
    @Ctx() context: RequestContext,
  ): Promise<NewWebhookEndpoint> {
    return context.services.webhooks.rotateWebhookSecret(signedIn(context), input);
  }

  @Mutation(() => Boolean, { description: "Removes its secrets and all that it received in one transaction." })
  deleteWebhookEndpoint(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<boolean> {
    return context.services.webhooks.deleteWebhookEndpoint(signedIn(context), id);
  }
}
