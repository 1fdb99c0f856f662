import { Field, ID, InputType, Int, ObjectType } from "type-graphql";

@ObjectType({
  simpleResolvers: true,
  description: "What may be used of model providers; null where nothing is limited.",
})
export class UsageLimits {
  @Field(() => Int, { nullable: true, description: "In any 60 seconds." })
  requestsPerMinute!: number | null;

  @Field(() => Int, { nullable: true, description: "Input and output, in a UTC day." })
  tokensPerDay!: number | null;

  @Field(() => [String], { nullable: true, description: "Names, or beginnings with a * behind them." })
  models!: string[] | null;
}

@InputType({ description: "What is left out stays as it is; null lifts a limit." })
export class UsageLimitsInput {
  @Field(() => Int, { nullable: true, description: "1 or more." })
  requestsPerMinute?: number | null;

  @Field(() => Int, { nullable: true, description: "1 or more." })
  tokensPerDay?: number | null;

  @Field(() => [String], {
    nullable: true,
    description: "1 to 200 names of models, or beginnings with a * behind them: gpt-4o*.",
  })
  models?: string[] | null;
}

@InputType()
export class SetUsageLimitsInput {
  @Field(() => ID)
  organizationId!: string;

  @Field(() => UsageLimitsInput)
  limits!: UsageLimitsInput;
}
