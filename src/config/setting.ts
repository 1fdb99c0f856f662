import type { z } from "zod";

/** One environment variable: how it is named, read and explained. `.env.example` is printed from this table. */
export interface Setting<Schema extends z.ZodType = z.ZodType, Default extends string | null = string | null> {
  readonly name: string;
  /** Other names that say the same. Two that are set must agree. */
  readonly aliases?: readonly string[];
  /** What holds where nothing is set, as it would be written; null where nothing does. */
  readonly default: Default;
  /** One sentence for the person who sets it. */
  readonly meaning: string;
  readonly schema: Schema;
  /** Made at first start outside production, demanded in it. */
  readonly secret?: true;
  /** When such a secret is neither made nor demanded, in words. */
  readonly needlessWhere?: string;
}

export const setting = <Schema extends z.ZodType, const Default extends string | null>(
  entry: Setting<Schema, Default>,
) => entry;
