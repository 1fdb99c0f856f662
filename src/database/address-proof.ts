import { createHmac, hkdfSync } from "node:crypto";
import type { Caller } from "./port.js";

/**
 * The key by which a server proves a client's address to the database: derived from the service key, and so the same on
 * every replica without being kept anywhere. It proves addresses and does nothing else.
 */
export const addressKeyOf = (serviceKey: string): Buffer =>
  Buffer.from(hkdfSync("sha256", serviceKey, "", "cloakroom client address", 32));

/**
 * The headers that tell `cloakroom_private.client_address()` where a call comes from. Whoever holds an access token can
 * send headers to the project, so with a user's token the address counts only with a proof for that very session.
 */
export function addressHeaders({ role, claims, clientAddress }: Caller, addressKey: Buffer): Record<string, string> {
  if (clientAddress === null) return {};
  const address = { "x-cloakroom-client-address": clientAddress };
  if (role === "service_role") return address;
  const proof = createHmac("sha256", addressKey).update(`${clientAddress}|${claims?.session_id}`).digest("hex");
  return { ...address, "x-cloakroom-address-proof": proof };
}
