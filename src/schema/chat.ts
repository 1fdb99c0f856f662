import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";

export const ChatRole = { SYSTEM: "SYSTEM", USER: "USER", ASSISTANT: "ASSISTANT" } as const;
export type ChatRole = keyof typeof ChatRole;
registerEnumType(ChatRole, { name: "ChatRole" });

@InputType()
export class ChatMessageInput {
  @Field(() => ChatRole)
  role!: ChatRole;

  @Field(() => String)
  content!: string;
}

@InputType()
export class ChatInput {
  @Field(() => ID)
  organizationId!: string;

  @Field(() => ID, {
    nullable: true,
    description: "A key of its own choice; left out, the newest active key of the provider.",
  })
  providerKeyId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Left out, the one that the model's name points to, as for POST /v1/chat/completions.",
  })
  provider?: string | null;

  @Field(() => String, { description: "As the provider names it, 1 to 200 characters." })
  model!: string;

  @Field(() => [ChatMessageInput])
  messages!: ChatMessageInput[];

  @Field(() => Int, { nullable: true, description: "Tokens of the answer, 1 to 1000000." })
  maxTokens?: number | null;

  @Field(() => Float, { nullable: true, description: "0 to 2." })
  temperature?: number | null;
}

@ObjectType({ simpleResolvers: true })
export class ChatReply {
  @Field(() => String, { nullable: true })
  id!: string | null;

  @Field(() => String)
  model!: string;

  @Field(() => String)
  content!: string;

  @Field(() => String, { nullable: true, description: "stop, length, content_filter, or what else the provider says." })
  finishReason!: string | null;

  @Field(() => Int, { nullable: true })
  inputTokens!: number | null;

  @Field(() => Int, { nullable: true })
  outputTokens!: number | null;
}
