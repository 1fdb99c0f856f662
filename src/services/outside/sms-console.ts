import type { SmsSender } from "./sms.js";

const toStandardOutput = (line: string) => void process.stdout.write(line);

/** For development: each message is one line of JSON on standard output, whatever the log level. Never in production. */
export const createConsoleSms = (write: (line: string) => void = toStandardOutput): SmsSender => ({
  async send({ to, code }) {
    write(`${JSON.stringify({ msg: "sms", to, code })}\n`);
  },
});
