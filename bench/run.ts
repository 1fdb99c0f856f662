import { execFileSync } from "node:child_process";
import process from "node:process";
import { benchChatProxy } from "./chat-proxy/bench.js";
import { benchMaskedPage } from "./masked-page/bench.js";
import { benchReveals } from "./reveals/bench.js";

const questions = { "masked-page": benchMaskedPage, reveals: benchReveals, "chat-proxy": benchChatProxy };

/** `npm run bench`, or `npm run bench -- reveals` for one question. */
const asked = process.argv.slice(2);
execFileSync("npm", ["run", "build:server"], { stdio: "inherit" });
for (const [name, answer] of Object.entries(questions)) if (asked.length === 0 || asked.includes(name)) await answer();
