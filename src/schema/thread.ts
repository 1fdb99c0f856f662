import { Field, InputType, Int, ObjectType } from "type-graphql";
import { Sensitive } from "../directives/sensitive.js";
import { DateTime, JSONObject } from "./scalars.js";

@InputType()
export class CredentialInput {
  @Field(() => String)
  name!: string;

  @Sensitive()
  @Field(() => String)
  value!: string;
}

@InputType({ description: "At most 50 credentials of 16 KiB each." })
export class ConnectInput {
  @Field(() => [CredentialInput])
  credentials!: CredentialInput[];

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: "Keep the thread session in an HTTP-only cookie and out of the answer.",
  })
  useCookies?: boolean | null;
}

@InputType({ description: "What is left out stays as it is. Refused where nothing is connected." })
export class SaveThreadInput {
  @Sensitive()
  @Field(() => String, { nullable: true })
  threadUrl?: string | null;

  @Field(() => Int, { nullable: true })
  currentDay?: number | null;

  @Field(() => JSONObject, { nullable: true })
  progress?: object | null;
}

@InputType()
export class DisconnectInput {
  @Field(() => Boolean, { defaultValue: false })
  forgetThread!: boolean;
}

@ObjectType({ simpleResolvers: true })
export class Credential {
  @Field(() => String)
  name!: string;

  @Sensitive("LAST4")
  @Field(() => String)
  value!: string;

  @Field(() => DateTime)
  updatedAt!: string;
}

@ObjectType({ simpleResolvers: true })
export class ThreadProgress {
  @Field(() => String, { nullable: true })
  threadUrl!: string | null;

  @Field(() => Int, { description: "Counts from 0." })
  currentDay!: number;

  @Field(() => JSONObject)
  progress!: object;

  @Field(() => DateTime)
  updatedAt!: string;
}

@ObjectType({ simpleResolvers: true })
export class ConnectedAccount {
  @Field(() => [Credential])
  credentials!: Credential[];

  @Field(() => ThreadProgress, { nullable: true })
  thread!: ThreadProgress | null;

  @Field(() => DateTime, { nullable: true })
  connectedAt!: string | null;

  @Field(() => Boolean, {
    description: "False while progress is kept in the local file because the database cannot be reached.",
  })
  durable!: boolean;
}

@ObjectType({ simpleResolvers: true })
export class ConnectPayload {
  @Field(() => String, {
    nullable: true,
    description:
      "Only when this call opened the session: 256 random bits that the server does not keep. Null for cookie clients.",
  })
  threadSession!: string | null;

  @Field(() => ConnectedAccount)
  account!: ConnectedAccount;
}

@ObjectType({ simpleResolvers: true })
export class DisconnectPayload {
  @Field(() => Boolean)
  disconnected!: boolean;

  @Field(() => Int)
  credentialsDeleted!: number;
}
