import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OpenDriver } from "./driver.js";
import { createJournal, type Journal } from "./journal.js";
import { type Stage, setStage } from "./stage.js";
import { asWritten, exchangeTranscripts } from "./transcripts.js";

/** The cases of one noun: registers vitest cases whose titles are what every driver guarantees. */
export type Suite = (stage: () => Stage) => void;

/** The names of all functions that the server calls. */
const functions = [
  ...(readFileSync(new URL("../../../src/database/contract.generated.ts", import.meta.url), "utf8")
    .split("export interface Calls {")[1]
    ?.matchAll(/^ {2}(\w+): \{/gm) ?? []),
].map(([, name]) => name as string);

/**
 * Runs every suite over one driver; in the end its answers are compared with those of the drivers that came before it
 * in this run, and one line says how many cases there were.
 */
export function contract(name: string, open: OpenDriver, suites: Readonly<Record<string, Suite>>): void {
  describe(`the ${name} driver`, () => {
    let stage: Stage;
    let journal: Journal;
    let count = 0;
    beforeAll(async () => {
      const driver = await open();
      journal = createJournal(driver.database);
      stage = await setStage(driver, journal.database);
    }, 120_000);
    afterAll(async () => {
      process.stdout.write(`driver ${name}: ${count} cases\n`);
      await stage?.driver.close();
    });
    beforeEach(({ task }) => {
      count++;
      journal.open(`${task.suite?.name}: ${task.name}`);
    });
    afterEach(() => journal.open(null));

    for (const [noun, suite] of Object.entries(suites)) describe(noun, () => suite(() => stage));

    describe("the contract as a whole", () => {
      it("has a case for every function of the database, in which it answers and one in which it refuses", () => {
        expect(functions.length).toBeGreaterThan(40);
        expect(functions.filter((fn) => !journal.answered.has(fn))).toEqual([]);
        expect(functions.filter((fn) => !journal.refused.has(fn))).toEqual([]);
      });

      it("is answered as by the drivers before it, call for call", async () => {
        journal.open(null);
        const own = asWritten({ driver: name, cases: Object.fromEntries(journal.cases) });
        for (const other of await exchangeTranscripts(own)) {
          const differences = Object.keys(own.cases).filter(
            (title) => JSON.stringify(own.cases[title]) !== JSON.stringify(other.cases[title] ?? null),
          );
          for (const title of differences)
            expect.soft(own.cases[title], `${title} (compared with ${other.driver})`).toEqual(other.cases[title]);
          expect(Object.keys(other.cases).sort()).toEqual(Object.keys(own.cases).sort());
        }
      });
    });
  });
}
