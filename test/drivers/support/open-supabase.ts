import pg from "pg";
import { startSupabaseDatabase } from "../../../src/database/supabase-start.js";
import { startSupabasePeer } from "../../support/supabase-peer.js";
import type { DriverUnderTest } from "./driver.js";
import { installProbes } from "./probes.js";
import { startProxy } from "./proxy.js";

export interface HostedProject {
  /** As Supabase's own superuser. */
  readonly superuserUrl: string;
  readonly authenticatorUrl: string;
  drop(): Promise<void>;
}

/** The Supabase driver over a project that holds Cloakroom, however it came there, behind a network that can be cut. */
export async function openSupabase(
  name: string,
  { superuserUrl, authenticatorUrl, drop }: HostedProject,
  keys: "new keys" | "legacy keys",
): Promise<DriverUnderTest> {
  const admin = new pg.Pool({ connectionString: superuserUrl, max: 4 });
  admin.on("error", () => undefined);
  await installProbes(admin);
  const peer = await startSupabasePeer(authenticatorUrl);
  const proxy = await startProxy(new URL(peer.url));
  const isNew = keys === "new keys";
  const database = await startSupabaseDatabase({
    url: `http://127.0.0.1:${proxy.port}`,
    serviceKey: isNew ? peer.secretKey : peer.serviceKey,
    anonKey: isNew ? peer.publishableKey : peer.anonKey,
    log: () => undefined,
  });
  return {
    name,
    database,
    admin,
    mint: peer.mint,
    cutNetwork: proxy.cut,
    mendNetwork: proxy.mend,
    async close() {
      await Promise.all([database.close(), admin.end(), peer.close()]);
      await proxy.close();
      await drop();
    },
  };
}
