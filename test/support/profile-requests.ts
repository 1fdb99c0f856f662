import type { GraphqlAnswer, TestServer } from "./server.js";

type As = { token?: string | undefined };
type Answer<Field extends string, Value> = Promise<GraphqlAnswer<Record<Field, Value>>>;

export interface TraitAnswer {
  readonly id: string;
  readonly name: string;
  readonly value: unknown;
  readonly confidence: number;
  readonly source: string;
  readonly updatedAt: string;
}
export interface OnboardingAnswer {
  readonly id: string;
  readonly status: string;
  readonly step: string | null;
  readonly answers: Record<string, unknown>;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly questions: readonly Record<string, unknown>[];
}
export interface PersonAnswer {
  readonly id: string;
  readonly name: string | null;
  readonly phone: string | null;
  readonly traits: readonly TraitAnswer[];
  readonly traitProfile: { summary: string | null; traits: Record<string, unknown>; updatedAt: string } | null;
  readonly onboarding: OnboardingAnswer | null;
}

const trait = "{ id name value confidence source updatedAt }";
const onboarding = `{ id status step answers startedAt completedAt
  questions { step text kind required options maxLength min max } }`;
const user = `{ id name phone traits ${trait} traitProfile { summary traits updatedAt } onboarding ${onboarding} }`;

/** The operations of profile, traits, onboarding and account, with every field that they answer. */
export function profileRequestsOf({ graphql }: Pick<TestServer, "graphql">) {
  const withInput =
    <Field extends string, Value>(field: Field, inputType: string, selection: string) =>
    (input: unknown, as: As = {}): Answer<Field, Value> =>
      graphql(`mutation($input: ${inputType}!) { ${field}(input: $input) ${selection} }`, { input }, as);
  const plain =
    <Field extends string, Value>(document: string) =>
    (as: As = {}): Answer<Field, Value> =>
      graphql(document, {}, as);
  return {
    person: plain<"me", PersonAnswer>(`{ me ${user} }`),
    updateProfile: withInput<"updateProfile", PersonAnswer>("updateProfile", "UpdateProfileInput", user),
    setTrait: withInput<"setTrait", TraitAnswer>("setTrait", "SetTraitInput", trait),
    answerOnboarding: withInput<"answerOnboarding", OnboardingAnswer>(
      "answerOnboarding",
      "AnswerOnboardingInput",
      onboarding,
    ),
    exportAccount: plain<"exportAccount", Record<string, never>>("mutation { exportAccount }"),
    deleteAccount: plain<"deleteAccount", boolean>("mutation { deleteAccount }"),
  };
}

export type ProfileRequests = ReturnType<typeof profileRequestsOf>;
