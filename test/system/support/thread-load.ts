import { createRecordingClient } from "./client.js";

/** One answer as a client met it. */
export interface Answer {
  readonly code: string | null;
  readonly at: number;
  readonly milliseconds: number;
}

const saveThread = "mutation($input: SaveThreadInput!) { saveThread(input: $input) { currentDay progress } }";
const connect = "mutation($input: ConnectInput!) { connect(input: $input) { threadSession } }";
const credentials = [{ name: "api_key", value: "a credential of sixteen characters or more" }];

/** The holder of a thread who saves a day after a day, and remembers what was promised. */
export async function createThreadHolder(url: string) {
  const client = createRecordingClient(url);
  const { connect: opened } = await client.run<{ connect: { threadSession: string } }>(connect, {
    input: { credentials },
  });
  client.headers["x-thread-session"] = opened.threadSession;
  const answers: Answer[] = [];
  let promised = 0;
  return {
    answers,
    session: opened.threadSession,
    /** The last day whose saving was answered. */
    promised: () => promised,
    async save() {
      const day = promised + 1;
      const code = await timed(answers, () => {
        const input = { currentDay: day, progress: { day, note: "x".repeat(200) } };
        return client.attempt(saveThread, { input });
      });
      if (code === null) promised = day;
    },
  };
}

/** Notes how a request went and how long it took. @returns its code, null for a success */
export async function timed(
  answers: Answer[],
  ask: () => Promise<{ errors?: { extensions?: { code?: string } }[] }>,
): Promise<string | null> {
  const began = performance.now();
  const code = await ask().then(
    ({ errors }) => (errors?.[0] ? (errors[0].extensions?.code ?? "no code") : null),
    (error: Error) => `no answer: ${error.message}`,
  );
  answers.push({ code, at: began, milliseconds: performance.now() - began });
  return code;
}

/** Repeats until it is told to stop, a little pause between. */
export function repeat(ask: () => Promise<unknown>, pauseMilliseconds = 20) {
  let isOn = true;
  const done = (async () => {
    while (isOn) {
      await ask();
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    }
  })();
  return () => {
    isOn = false;
    return done;
  };
}
