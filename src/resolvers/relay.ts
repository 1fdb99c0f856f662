import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { type Connection, PageArguments, pageOf, toConnection } from "../schema/paging.js";
import {
  Conversation,
  ConversationConnection,
  IngestMessageInput,
  IngestMessagePayload,
  type Message,
  MessageConnection,
} from "../schema/relay.js";
import { type RequestContext, signedIn } from "../services/request.js";

@Resolver(() => Conversation)
export class RelayResolver {
  @Mutation(() => IngestMessagePayload, {
    description: "For the message relay alone, authenticated by signature (or, where still allowed, by bearer secret).",
  })
  ingestMessage(
    @Arg("input", () => IngestMessageInput) input: IngestMessageInput,
    @Ctx() { services, server, relay }: RequestContext,
  ): Promise<IngestMessagePayload> {
    return services.relay.ingestMessage(server, relay, input);
  }

  @Query(() => ConversationConnection, {
    description: "Conversations that the relay has ingested and in which the signed-in user takes part.",
  })
  async conversations(
    @Args(() => PageArguments) args: PageArguments,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Conversation>> {
    const page = pageOf(args, ["time", "uuid"]);
    const rows = await context.services.relay.conversations(signedIn(context), page);
    return toConnection(rows, page, ({ lastMessageAt, id }) => [lastMessageAt, id]);
  }

  @FieldResolver(() => MessageConnection)
  async messages(
    @Root() { id }: Conversation,
    @Args(() => PageArguments) args: PageArguments,
    @Ctx() { loaders }: RequestContext,
  ): Promise<Connection<Message>> {
    const page = pageOf(args, ["time", "integer"]);
    const rows = await loaders.messages.load({ conversationId: id, ...page });
    const connection = toConnection(rows, page, ({ sentAt, sequence }) => [sentAt, sequence]);
    return connection;
  }
}
