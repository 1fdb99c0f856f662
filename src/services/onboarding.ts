import type { OnboardingSession } from "../database/contract.generated.js";
import type { Caller, Database } from "../database/port.js";

/** What the conversation asks; read and checked by src/config/onboarding-file.ts. */
export interface OnboardingScript {
  readonly steps: readonly object[];
  /** Sentences with the names of traits in braces. */
  readonly summary: readonly string[];
}

export interface Question {
  readonly step: string;
  readonly text: string;
  readonly kind: "TEXT" | "CHOICE" | "CHOICES" | "NUMBER" | "BOOLEAN" | "DATE";
  readonly required: boolean;
  readonly options?: string[];
  /** Characters. */
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
}

export type OnboardingRecord = OnboardingSession & {
  readonly status: "IN_PROGRESS" | "COMPLETE";
  /** By step. */
  readonly answers: object;
  /** All of them, in order. */
  readonly questions: Question[];
};

export function createOnboarding(database: Database) {
  return {
    /** Tells the database what this server asks; the last server to start wins. */
    async configureOnboarding(server: Caller, script: OnboardingScript): Promise<void> {
      await database.call("configure_onboarding", { script }, server);
    },
    /** @throws BAD_USER_INPUT `input.step` where it is unknown or not reached yet, `input.answer` where it does not fit */
    async answerOnboarding(caller: Caller, input: { readonly step: string; readonly answer: unknown }) {
      return (await database.call("answer_onboarding", { input }, caller)) as OnboardingRecord;
    },
  };
}
