import { createHostedDatabase } from "../support/hosted-database.js";
import { wholeContract } from "./suite/index.js";
import { contract } from "./support/contract.js";
import { openSupabase } from "./support/open-supabase.js";

/** Over a project of the hosted shape that a server migrated, with the keys of today. */
contract("supabase", async () => openSupabase("supabase", await createHostedDatabase(), "new keys"), wholeContract);
