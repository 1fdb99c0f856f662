import type { Suite } from "../support/contract.js";
import { argumentsAndAnswers } from "./arguments-and-answers.js";
import { audit } from "./audit.js";
import { muchAtOnce } from "./much-at-once.js";
import { organizations } from "./organizations.js";
import { outages } from "./outages.js";
import { people } from "./people.js";
import { providerKeys } from "./provider-keys.js";
import { relay } from "./relay.js";
import { reveals } from "./reveals.js";
import { rows } from "./rows.js";
import { sessions } from "./sessions.js";
import { tables } from "./tables.js";
import { threads } from "./threads.js";
import { verification } from "./verification.js";

/** What every driver guarantees, by noun. */
export const wholeContract: Readonly<Record<string, Suite>> = {
  verification,
  sessions,
  people,
  organizations,
  "provider keys": providerKeys,
  tables,
  rows,
  reveals,
  audit,
  threads,
  relay,
  "arguments and answers": argumentsAndAnswers,
  "much at once": muchAtOnce,
  outages,
};
