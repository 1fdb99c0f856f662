import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** What a command of the Supabase CLI answered. */
export interface CliAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Supabase project folder on disk whose remote is any database, and the CLI in it. */
export interface SupabaseProject {
  /** `supabase/migrations`. */
  readonly migrations: string;
  run(url: string, ...args: string[]): Promise<CliAnswer>;
  remove(): Promise<void>;
}

const program = fileURLToPath(new URL("../peers/node_modules/.bin/supabase", import.meta.url));

const config = `project_id = "cloakroom"\n[api]\nschemas = ["public", "cloakroom_api"]\n`;

/** Its home is a folder of its own, and whatever it wants from the network leads nowhere. */
export async function createSupabaseProject(): Promise<SupabaseProject> {
  const folder = await mkdtemp(path.join(tmpdir(), "cloakroom-supabase-"));
  const migrations = path.join(folder, "supabase", "migrations");
  await mkdir(migrations, { recursive: true });
  await writeFile(path.join(folder, "supabase", "config.toml"), config);
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    CI: "1",
    DO_NOT_TRACK: "1",
    SUPABASE_TELEMETRY_DISABLED: "1",
    SUPABASE_NO_UPDATE_NOTIFIER: "1",
    SUPABASE_NO_KEYRING: "1",
    HTTP_PROXY: "http://127.0.0.1:9",
    HTTPS_PROXY: "http://127.0.0.1:9",
  };
  const run = (url: string, ...args: string[]) =>
    new Promise<CliAnswer>((resolve) => {
      const remote = `--remote=${url}?sslmode=disable`;
      const child = execFile(
        program,
        [...args, remote, "--workdir", folder, "--agent", "no"],
        { env, cwd: folder, maxBuffer: 1 << 28 },
        (error, stdout, stderr) => {
          const code = error ? (typeof error.code === "number" ? error.code : -1) : 0;
          resolve({ code, stdout, stderr });
        },
      );
      child.stdin?.end();
    });
  return { migrations, run, remove: () => rm(folder, { recursive: true, force: true }) };
}
