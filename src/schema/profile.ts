import { Field, Float, ID, InputType, ObjectType } from "type-graphql";
import { DateTime, JSONObject, JSONValue } from "./scalars.js";

@InputType({ description: "What is left out stays as it is; null clears." })
export class UpdateProfileInput {
  @Field(() => String, { nullable: true, description: "1 to 200 characters." })
  name?: string | null;
}

@InputType({ description: "Takes the place of a trait of the same name. A person has at most 200." })
export class SetTraitInput {
  @Field(() => String, { description: "1 to 200 characters." })
  name!: string;

  @Field(() => JSONValue, { description: "At most 16 KiB." })
  value!: unknown;

  @Field(() => Float, { nullable: true, defaultValue: 1, description: "0 to 1." })
  confidence?: number | null;

  @Field(() => String, { nullable: true, defaultValue: "user", description: "1 to 200 characters." })
  source?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "One thing known about a user." })
export class UserTrait {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => JSONValue)
  value!: unknown;

  @Field(() => Float, { description: "0 to 1." })
  confidence!: number;

  @Field(() => String)
  source!: string;

  @Field(() => DateTime)
  updatedAt!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "The traits drawn together, once onboarding is complete or a trait was set by itself; from then on always as the traits are.",
})
export class TraitProfile {
  @Field(() => String, {
    nullable: true,
    description: "The sentences of the onboarding file whose traits are known; null where none is.",
  })
  summary!: string | null;

  @Field(() => JSONObject, { description: "Name to value." })
  traits!: object;

  @Field(() => DateTime)
  updatedAt!: string;
}
