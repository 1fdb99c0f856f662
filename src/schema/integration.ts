import { Field, ID, InputType, ObjectType, registerEnumType } from "type-graphql";
import { Sensitive } from "../directives/sensitive.js";
import { integrationStatuses } from "../services/integrations.js";
import { DateTime } from "./scalars.js";

export type IntegrationStatus = (typeof integrationStatuses)[number];
export const IntegrationStatus = Object.fromEntries(integrationStatuses.map((status) => [status, status])) as {
  [S in IntegrationStatus]: S;
};
registerEnumType(IntegrationStatus, {
  name: "IntegrationStatus",
  valuesConfig: { NEEDS_RECONNECT: { description: "The last refresh failed for good: the user must connect again." } },
});

@ObjectType({ simpleResolvers: true })
export class Integration {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  organizationId!: string;

  @Field(() => String, { description: "gmail, google-calendar, slack, …" })
  service!: string;

  @Field(() => String, { nullable: true })
  account!: string | null;

  @Field(() => [String])
  scopes!: string[];

  @Sensitive("FULL")
  @Field(() => String)
  accessToken!: string;

  @Field(() => DateTime, { nullable: true })
  expiresAt!: string | null;

  @Field(() => IntegrationStatus)
  status!: IntegrationStatus;

  @Field(() => DateTime)
  createdAt!: string;
}

@ObjectType({ simpleResolvers: true })
export class IntegrationAuthorization {
  @Field(() => String, { description: "Send the user there; they come back to /integrations/callback." })
  authorizationUrl!: string;

  @Field(() => DateTime)
  expiresAt!: string;
}

@InputType()
export class AddIntegrationInput {
  @Field(() => ID)
  organizationId!: string;

  @Field(() => String, { description: "1 to 63 lower-case letters, digits, hyphens, dots and underscores." })
  service!: string;

  @Field(() => String, { nullable: true, description: "At most 200 characters." })
  account?: string | null;

  @Sensitive()
  @Field(() => String, { description: "At most 16 KiB." })
  accessToken!: string;

  @Sensitive()
  @Field(() => String, { nullable: true, description: "At most 16 KiB. It is never read out again." })
  refreshToken?: string | null;

  @Field(() => [String], { nullable: true, defaultValue: [], description: "At most 100." })
  scopes?: string[] | null;

  @Field(() => DateTime, { nullable: true, description: "Of the access token." })
  expiresAt?: string | null;
}

@InputType()
export class BeginIntegrationInput {
  @Field(() => ID)
  organizationId!: string;

  @Field(() => String, { description: "One that this server is set up to connect." })
  service!: string;

  @Field(() => [String], { nullable: true, description: "Those that the server would ask for, where left out." })
  scopes?: string[] | null;
}
