/** How an answer that is none failed on its way: no connection, a timeout, an answer that is cut off or no JSON. */
export const noAnswer = 0;

/**
 * What a Supabase project said instead of a result. `code` is a SQLSTATE or PostgREST's own `PGRST…`, empty where a
 * gateway answered. The words are the project's: they quote values, and are judged here and passed to nobody.
 */
export class SupabaseRefusal extends Error {
  override readonly name = "SupabaseRefusal";
  constructor(
    /** HTTP status, or `noAnswer`. */
    readonly status: number,
    readonly code = "",
    readonly words: { readonly message: string; readonly details: string | null } = { message: "", details: null },
  ) {
    super("refused");
  }

  /** Not a word of it where an error is printed or logged whole. */
  toJSON(): object {
    return { status: this.status, code: this.code };
  }
}

/** The refusal in the body of an answer that is no success, whoever wrote it. */
export function refusalIn(status: number, body: string): SupabaseRefusal {
  const { code, message, details } = objectIn(body);
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return new SupabaseRefusal(status, text(code) ?? "", { message: text(message) ?? "", details: text(details) });
}

function objectIn(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
