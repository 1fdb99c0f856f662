import { Field, ID, InputType, ObjectType } from "type-graphql";
import { Sensitive } from "../directives/sensitive.js";
import { DateTime } from "./scalars.js";

@ObjectType({ simpleResolvers: true })
export class ProviderKey {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  organizationId!: string;

  @Field(() => String, { description: "openai, anthropic, … or any lower-case name of your own." })
  provider!: string;

  @Field(() => String, { nullable: true })
  label!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Where to send requests, when it is not the provider's public address.",
  })
  baseUrl!: string | null;

  @Sensitive("LAST4")
  @Field(() => String)
  apiKey!: string;

  @Field(() => Boolean)
  active!: boolean;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => ID, { nullable: true })
  createdBy!: string | null;

  @Field(() => DateTime, { nullable: true })
  lastUsedAt!: string | null;
}

@InputType()
export class AddProviderKeyInput {
  @Field(() => ID)
  organizationId!: string;

  @Field(() => String, { description: "1 to 63 lower-case letters, digits, hyphens, dots and underscores." })
  provider!: string;

  @Sensitive()
  @Field(() => String, { description: "At most 8 KiB." })
  apiKey!: string;

  @Field(() => String, { nullable: true, description: "At most 200 characters." })
  label?: string | null;

  @Field(() => String, { nullable: true, description: "An absolute http or https URL without credentials." })
  baseUrl?: string | null;
}

@InputType({ description: "What is left out stays as it is." })
export class UpdateProviderKeyInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true, description: "null clears it." })
  label?: string | null;

  @Field(() => Boolean, { nullable: true })
  active?: boolean | null;
}
