import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { DateTime, JSONObject, JSONValue } from "./scalars.js";

export const OnboardingStatus = { IN_PROGRESS: "IN_PROGRESS", COMPLETE: "COMPLETE" } as const;
registerEnumType(OnboardingStatus, { name: "OnboardingStatus" });

export const AnswerKind = {
  TEXT: "TEXT",
  CHOICE: "CHOICE",
  CHOICES: "CHOICES",
  NUMBER: "NUMBER",
  BOOLEAN: "BOOLEAN",
  DATE: "DATE",
} as const;
registerEnumType(AnswerKind, {
  name: "OnboardingAnswerKind",
  valuesConfig: {
    TEXT: { description: "A string." },
    CHOICE: { description: "One of the options." },
    CHOICES: { description: "A list of options without repeats." },
    NUMBER: { description: "A JSON number." },
    BOOLEAN: { description: "true or false." },
    DATE: { description: "YYYY-MM-DD." },
  },
});

@ObjectType({ simpleResolvers: true })
export class OnboardingQuestion {
  @Field(() => String)
  step!: string;

  @Field(() => String)
  text!: string;

  @Field(() => AnswerKind)
  kind!: keyof typeof AnswerKind;

  @Field(() => Boolean, { description: "Whether it must be answered; else an empty string leaves it open." })
  required!: boolean;

  @Field(() => [String], { nullable: true, description: "CHOICE and CHOICES only." })
  options?: string[] | null;

  @Field(() => Int, { nullable: true, description: "TEXT only, in characters." })
  maxLength?: number | null;

  @Field(() => Float, { nullable: true, description: "NUMBER only." })
  min?: number | null;

  @Field(() => Float, { nullable: true, description: "NUMBER only." })
  max?: number | null;
}

@ObjectType({ simpleResolvers: true })
export class OnboardingSession {
  @Field(() => ID)
  id!: string;

  @Field(() => OnboardingStatus)
  status!: keyof typeof OnboardingStatus;

  @Field(() => String, { nullable: true, description: "The question to put next; null when complete." })
  step!: string | null;

  @Field(() => JSONObject, { description: "By step; null for one that was left open." })
  answers!: object;

  @Field(() => DateTime, { description: "It is open from the sign-up on." })
  startedAt!: string;

  @Field(() => DateTime, { nullable: true })
  completedAt!: string | null;

  @Field(() => [OnboardingQuestion], { description: "All that is asked, in order." })
  questions!: OnboardingQuestion[];
}

@InputType()
export class AnswerOnboardingInput {
  @Field(() => String, { description: "The one to put next, or one that was answered before, to correct it." })
  step!: string;

  @Field(() => JSONValue)
  answer!: unknown;
}
