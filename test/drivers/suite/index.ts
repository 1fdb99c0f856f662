import type { Suite } from "../support/contract.js";
import { accounts } from "./accounts.js";
import { argumentsAndAnswers } from "./arguments-and-answers.js";
import { audit } from "./audit.js";
import { codes } from "./codes.js";
import { integrations } from "./integrations.js";
import { muchAtOnce } from "./much-at-once.js";
import { onboarding } from "./onboarding.js";
import { organizations } from "./organizations.js";
import { outages } from "./outages.js";
import { profile } from "./profile.js";
import { providerKeyUse } from "./provider-key-use.js";
import { providerKeys } from "./provider-keys.js";
import { relay } from "./relay.js";
import { reveals } from "./reveals.js";
import { rows } from "./rows.js";
import { sessions } from "./sessions.js";
import { tables } from "./tables.js";
import { threads } from "./threads.js";
import { verification } from "./verification.js";
import { webhooks } from "./webhooks.js";

/** What every driver guarantees, by noun. */
export const wholeContract: Readonly<Record<string, Suite>> = {
  verification,
  codes,
  sessions,
  profile,
  onboarding,
  accounts,
  organizations,
  "provider keys": providerKeys,
  "the use of provider keys": providerKeyUse,
  integrations,
  webhooks,
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
