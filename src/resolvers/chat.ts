import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { ChatInput, ChatReply } from "../schema/chat.js";
import { type RequestContext, signedIn } from "../services/request.js";

@Resolver()
export class ChatResolver {
  @Mutation(() => ChatReply, {
    description: "Calls the organization's model provider with a stored key; the key never leaves the server.",
  })
  chat(@Arg("input", () => ChatInput) input: ChatInput, @Ctx() context: RequestContext): Promise<ChatReply> {
    return context.services.chat.chat(signedIn(context), context.server, input, context.gone);
  }
}
