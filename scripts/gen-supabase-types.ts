import { randomBytes } from "node:crypto";
import { migrate } from "../src/database/migrate.js";
import { createSupabaseProject } from "../test/support/hosted-cli.js";
import { startHostedCluster } from "../test/support/hosted-cluster.js";
import { isCommand, writeGenerated } from "./generated-files.js";

/** What `createClient<Database>` of supabase-js takes, for those who call the functions through the Data API. */
export const supabaseTypesPath = "test/hosted/database-types.generated.ts";

/** As the Supabase CLI generates them from a migrated database, which test/peers has to be installed for. */
export async function supabaseTypesOf(url: string): Promise<string> {
  const project = await createSupabaseProject();
  try {
    const { code, stdout, stderr } = await project.run(url, "gen", "types", "--schema", "cloakroom_api");
    if (code !== 0) throw new Error(`supabase gen types failed: ${stderr}`);
    return stdout.replace(/[ \t]+$/gm, "").trimStart();
  } finally {
    await project.remove();
  }
}

if (isCommand(import.meta.url)) {
  const cluster = await startHostedCluster();
  const [rootKey, serverRolePassword] = [`${randomBytes(32).toString("base64url")}=`, randomBytes(24).toString("hex")];
  try {
    await migrate({ adminUrl: cluster.adminUrl, rootKey, serverRolePassword, log: () => undefined });
    writeGenerated({ [supabaseTypesPath]: await supabaseTypesOf(cluster.adminUrl) });
  } finally {
    await cluster.close();
  }
}
