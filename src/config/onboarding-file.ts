import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const distinct = (texts: readonly string[]) => new Set(texts).size === texts.length;
const text = (most: number) =>
  z.string().trim().min(1).max(most).refine(isStorable, "must hold neither NUL nor half a surrogate pair");
/** Postgres has neither: the server would stop at its first call, in a sentence that names no file. */
const isStorable = (given: string) => given.isWellFormed() && !given.includes("\0");
const largest = 1e15;

const common = {
  id: z.string().regex(/^[A-Za-z][\w-]{0,63}$/, "must be a letter and up to 63 letters, digits, _ and -"),
  question: text(1000),
  /** An optional step may be left open by an empty text or list. */
  required: z.boolean().default(true),
  /** The trait that the answer becomes; that of the step's id where left out. */
  trait: text(200)
    .regex(/^[^{}]+$/, "must have no braces")
    .optional(),
};
const options = z.array(text(200)).min(1).max(200).refine(distinct, "must not hold an option twice");
const bound = z.number().min(-largest).max(largest);

const step = z
  .discriminatedUnion("kind", [
    z.strictObject({ ...common, kind: z.literal("text"), maxLength: z.int().min(1).max(4000).default(1000) }),
    z.strictObject({ ...common, kind: z.literal("choice"), options }),
    z.strictObject({ ...common, kind: z.literal("choices"), options }),
    z.strictObject({ ...common, kind: z.literal("number"), min: bound.default(-largest), max: bound.default(largest) }),
    z.strictObject({ ...common, kind: z.literal("boolean") }),
    z.strictObject({ ...common, kind: z.literal("date") }),
  ])
  .refine((one) => one.kind !== "number" || one.min <= one.max, "must not have a min above its max")
  .transform((one) => ({ ...one, trait: one.trait ?? one.id }));

const sentence = text(1000).regex(/^([^{}]|\{[^{}]+\})*$/, "must have braces around the names of traits alone");

/** What the onboarding conversation asks, in this order, and the sentences that are made of the answers' traits. */
const script = z
  .strictObject({ steps: z.array(step).max(50), summary: z.array(sentence).max(20).default([]) })
  .refine(({ steps }) => distinct(steps.map(({ id }) => id)), "steps must not have an id twice")
  .refine(({ steps }) => distinct(steps.map(({ trait }) => trait)), "steps must not name a trait twice")
  .refine(
    ({ steps, summary }) => traitsIn(summary).every((name) => steps.some(({ trait }) => trait === name)),
    "summary must name no trait that no step has",
  );

const traitsIn = (summary: readonly string[]) =>
  summary.flatMap((one) => [...one.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name));

/** The path of an onboarding file, read and checked as a whole: every fault of it is named in one message. */
export const onboardingFile = z.string().transform((path, context) => {
  try {
    return readOnboarding(path);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});

/** The package's own: the same place from `src/config` and from `dist/config`. */
export const ownOnboarding = () => readOnboarding(fileURLToPath(new URL("../../onboarding.json", import.meta.url)));

function readOnboarding(path: string): z.output<typeof script> {
  const { data, error } = script.safeParse(readJson(path));
  if (data) return data;
  const faults = error.issues.map((issue) => [issue.path.join("."), issue.message].filter(Boolean).join(": "));
  throw new Error(`names a file that does not say what to ask (${faults.join("; ")})`);
}

function readJson(path: string): unknown {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch {
    throw new Error("must name a file that can be read");
  }
  try {
    return JSON.parse(content);
  } catch {
    throw new Error("must name a file of JSON");
  }
}
