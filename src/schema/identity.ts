import { Field, ID, InputType, ObjectType } from "type-graphql";
import { Sensitive } from "../directives/sensitive.js";
import type { Read } from "../services/sessions.js";
import { DateTime } from "./scalars.js";

@InputType()
export class StartVerificationInput {
  @Field(() => String, { description: "Any common writing of an international number; stored as E.164." })
  phone!: string;
}

@ObjectType({ simpleResolvers: true })
export class VerificationChallenge {
  @Sensitive("PHONE")
  @Field(() => String, { description: "E.164 form of the phone, masked." })
  phone!: string;

  @Field(() => DateTime)
  expiresAt!: string;

  @Field(() => DateTime, { description: "Not before this time is another code sent." })
  resendAt!: string;
}

@InputType()
export class ConfirmVerificationInput {
  @Field(() => String)
  phone!: string;

  @Sensitive()
  @Field(() => String)
  code!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => Boolean, { nullable: true, defaultValue: false, description: "A longer-lived session." })
  rememberMe?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: "Keep tokens in HTTP-only cookies and out of the answer.",
  })
  useCookies?: boolean | null;
}

@InputType()
export class RefreshSessionInput {
  @Sensitive()
  @Field(() => String, { nullable: true, description: "Left out by cookie clients." })
  refreshToken?: string | null;
}

@ObjectType({ simpleResolvers: true })
export class Session {
  @Field(() => ID)
  id!: string;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  lastUsedAt!: string;

  @Field(() => DateTime, { description: "When the session ends for good, however often it is refreshed." })
  expiresAt!: string;

  @Field(() => Boolean)
  rememberMe!: boolean;

  @Field(() => Boolean)
  current!: boolean;

  @Field(() => String, { nullable: true })
  userAgent!: string | null;

  @Sensitive("FULL")
  @Field(() => String, { nullable: true })
  ipAddress!: string | null;
}

/** `reader` is not part of the schema: it says for whom organizations are read. */
@ObjectType({ simpleResolvers: true })
export class User implements Read {
  reader!: Read["reader"];

  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  name!: string | null;

  @Sensitive("PHONE")
  @Field(() => String, {
    nullable: true,
    description: "Null for a user who came through Supabase Auth without one.",
  })
  phone!: string | null;

  @Field(() => DateTime)
  createdAt!: string;
}

@ObjectType({ simpleResolvers: true })
export class AuthPayload {
  @Field(() => String, { nullable: true, description: "Null for cookie clients." })
  accessToken!: string | null;

  @Field(() => String, { nullable: true, description: "Null for cookie clients." })
  refreshToken!: string | null;

  @Field(() => DateTime, { description: "When the access token ends." })
  expiresAt!: string;

  @Field(() => Session)
  session!: Session;

  @Field(() => User)
  user!: User;
}
