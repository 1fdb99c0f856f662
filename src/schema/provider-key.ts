import { Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { Sensitive } from "../directives/sensitive.js";
import { DateTime } from "./scalars.js";
import { UsageLimits, UsageLimitsInput } from "./usage-limits.js";

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

  @Field(() => String, {
    nullable: true,
    description: "The well-known provider whose keys look like this one, where `provider` is a name of your own.",
  })
  suggestedProvider!: string | null;

  @Field(() => DateTime, { nullable: true, description: "Since when the key is in quarantine; null where it is not." })
  quarantinedAt!: string | null;

  @Field(() => UsageLimits, { description: "Of this key; the organization can have others over all its keys." })
  limits!: UsageLimits;
}

export const ProviderKeyUseOutcome = {
  COMPLETED: "COMPLETED",
  UPSTREAM_ERROR: "UPSTREAM_ERROR",
  ABORTED: "ABORTED",
  FAILED: "FAILED",
} as const;
export type ProviderKeyUseOutcome = keyof typeof ProviderKeyUseOutcome;
registerEnumType(ProviderKeyUseOutcome, {
  name: "ProviderKeyUseOutcome",
  valuesConfig: {
    ABORTED: { description: "The client went away." },
    FAILED: { description: "On the server, or on the way." },
  },
});

@ObjectType({ simpleResolvers: true, description: "One time that a key was decrypted." })
export class ProviderKeyUse {
  @Field(() => DateTime)
  usedAt!: string;

  @Field(() => ID, { description: "The PROVIDER_KEY_USED of the audit log." })
  auditEventId!: string;

  @Field(() => ID, { nullable: true, description: "Null where the server itself asked." })
  actorId!: string | null;

  @Field(() => String, { nullable: true })
  actorName!: string | null;

  @Field(() => String, { nullable: true, description: "Null where no model was asked." })
  model!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "As the provider counted; null where it did not, or the use is old.",
  })
  inputTokens!: number | null;

  @Field(() => Int, { nullable: true })
  outputTokens!: number | null;

  @Field(() => ProviderKeyUseOutcome, {
    nullable: true,
    description: "Null while the use is under way, where it was cut off, and a month after it.",
  })
  outcome!: ProviderKeyUseOutcome | null;

  @Sensitive("FULL")
  @Field(() => String, { nullable: true })
  ipAddress!: string | null;

  @Field(() => Boolean, {
    description: "Whether the key itself was given to a holder of the service role, who may still have it.",
  })
  handedOut!: boolean;
}

@ObjectType({ simpleResolvers: true })
export class QuarantinedProviderKey {
  @Field(() => ProviderKey)
  providerKey!: ProviderKey;

  @Field(() => Int, { description: "Requests of the last ten minutes that may still be under way upstream." })
  usesUnderWay!: number;

  @Field(() => [ProviderKeyUse], { description: "The last hundred, newest first. The audit log has all." })
  recentUses!: ProviderKeyUse[];
}

@InputType()
export class AddProviderKeyInput {
  @Field(() => ID)
  organizationId!: string;

  @Field(() => String, {
    description:
      "1 to 63 lower-case letters, digits, hyphens, dots and underscores. A well-known provider takes no key that is known to be another's.",
  })
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

  @Field(() => UsageLimitsInput, { nullable: true })
  limits?: UsageLimitsInput | null;
}

@InputType()
export class RotateProviderKeyInput {
  @Field(() => ID)
  id!: string;

  @Sensitive()
  @Field(() => String, { description: "At most 8 KiB." })
  apiKey!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      "Try the new key at its provider first: by a small question to `model` or, without one, by its list of models; when that fails nothing changes. Where that list is shown to everybody, as by many servers of one's own, it proves nothing: name a `model`.",
  })
  verify!: boolean;

  @Field(() => String, { nullable: true, description: "The model that `verify` asks." })
  model?: string | null;
}
