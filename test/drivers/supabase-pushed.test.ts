import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createSupabaseProject } from "../support/hosted-cli.js";
import { createHostedDatabase, type HostedDatabase } from "../support/hosted-database.js";
import { wholeContract } from "./suite/index.js";
import { contract } from "./support/contract.js";
import { openSupabase } from "./support/open-supabase.js";

/** Over a project of the hosted shape that no server ever migrated, with the keys that Supabase is taking back. */
contract(
  "supabase-pushed",
  async () => {
    const hosted = await createHostedDatabase(undefined, { isMigrated: false });
    await push(hosted).catch(async (error) => {
      await hosted.drop();
      throw error;
    });
    return openSupabase("supabase-pushed", hosted, "legacy keys");
  },
  wholeContract,
);

/** From empty, and again: `supabase db push` of what `npm run db:bundle` writes. */
async function push({ adminUrl }: HostedDatabase): Promise<void> {
  const project = await createSupabaseProject();
  try {
    const program = fileURLToPath(new URL("../../scripts/db-bundle.ts", import.meta.url));
    await promisify(execFile)(process.execPath, ["--import", "tsx", program, "--push", project.migrations]);
    for (const round of ["first", "second"]) {
      const { code, stderr } = await project.run(adminUrl, "db", "push", "--yes");
      if (code !== 0) throw new Error(`The ${round} supabase db push failed: ${stderr}`);
    }
  } finally {
    await project.remove();
  }
}
