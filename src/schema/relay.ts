import { Field, Float, ID, InputType, ObjectType, registerEnumType } from "type-graphql";
import { Sensitive } from "../directives/sensitive.js";
import { connectionOf } from "./paging.js";
import { DateTime } from "./scalars.js";

export const ChatMode = { DIRECT: "DIRECT", GROUP: "GROUP" } as const;
export type ChatMode = keyof typeof ChatMode;
registerEnumType(ChatMode, { name: "ChatMode" });

export const MessageDirection = { INBOUND: "INBOUND", OUTBOUND: "OUTBOUND" } as const;
registerEnumType(MessageDirection, { name: "MessageDirection" });

@InputType()
export class IngestMessageInput {
  @Field(() => ID, {
    nullable: true,
    description:
      "The relay's own id of the message; the same id twice is stored once, and keeps the text that came first.",
  })
  messageId?: string | null;

  @Field(() => String)
  chatGuid!: string;

  @Field(() => ChatMode)
  mode!: ChatMode;

  @Field(() => String)
  sender!: string;

  @Sensitive()
  @Field(() => String)
  text!: string;

  @Field(() => Float, { description: "Unix time in seconds." })
  timestamp!: number;

  @Field(() => [String], {
    description:
      "Everyone in the chat when the message was sent. In a GROUP whoever is missing has left, and reads nothing newer; an empty list says nothing.",
  })
  participants!: string[];

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: "Sent by the account that the relay runs on: then the message is OUTBOUND.",
  })
  isFromMe?: boolean | null;
}

@ObjectType({ simpleResolvers: true })
export class IngestMessagePayload {
  @Field(() => ID)
  messageId!: string;

  @Field(() => ID)
  conversationId!: string;

  @Field(() => Boolean, { description: "True where this message had been stored before." })
  duplicate!: boolean;

  @Field(() => String, {
    nullable: true,
    description: "What the relay should send back, when an assistant is configured.",
  })
  reply!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class Conversation {
  @Field(() => ID)
  id!: string;

  @Sensitive("FULL")
  @Field(() => String, { description: "The relay's own name of the chat; it can hold a phone number." })
  chatGuid!: string;

  @Field(() => ChatMode)
  mode!: string;

  @Sensitive("PHONE")
  @Field(() => [String], { description: "A handle that is no phone number is masked EMAIL or FULL." })
  participants!: string[];

  @Field(() => DateTime)
  lastMessageAt!: string;
}

@ObjectType({ simpleResolvers: true })
export class Message {
  @Field(() => ID)
  id!: string;

  @Sensitive("PHONE")
  @Field(() => String)
  sender!: string;

  @Field(() => String)
  text!: string;

  @Field(() => DateTime)
  sentAt!: string;

  @Field(() => MessageDirection)
  direction!: string;
}

export const ConversationConnection = connectionOf("Conversation", () => Conversation);
export const MessageConnection = connectionOf("Message", () => Message);
