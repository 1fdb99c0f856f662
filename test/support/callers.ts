import type { Caller, Database } from "../../src/database/port.js";
import { serverCaller } from "../../src/database/server-caller.js";

/** The server itself, from no address. */
export const server = serverCaller();

/** Signs a phone in straight at the functions. */
export async function signedInCaller(database: Database, phone: string): Promise<Caller> {
  const { code } = (await database.call("start_verification", { phone }, server)) as { code: string };
  const signIn = (await database.call("confirm_verification", { phone, code }, server)) as {
    session: { id: string };
    profile: { id: string };
  };
  const claims = { sub: signIn.profile.id, session_id: signIn.session.id, role: "authenticated" };
  return { role: "authenticated", claims, accessToken: null, clientAddress: null };
}

/** The SQLSTATE, message and detail of a call that is refused. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ sqlState: string; message: string; detail: string | null }> {
  try {
    await call;
  } catch (error) {
    const { sqlState, message, detail } = error as { sqlState: string; message: string; detail: string | null };
    return { sqlState, message, detail };
  }
  throw new Error("The call was expected to be refused, and was not.");
}
