/** What was planted went where it should have: a search after a door that stayed shut would show nothing. */
export function expected(what: string, got: unknown, wanted: unknown): void {
  if (JSON.stringify(got) !== JSON.stringify(wanted))
    throw new Error(`Planting: ${what} should be ${JSON.stringify(wanted)}, and is ${JSON.stringify(got)}.`);
}

export const bullets = "••••••••";
