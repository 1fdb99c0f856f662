import type { Caller, Database } from "../../src/database/port.js";
import { serverCaller } from "../../src/database/server-caller.js";
import type { SignIn } from "../../src/services/sessions.js";
import { newPhone } from "./phones.js";

/** Somebody who signed in by calling the functions themselves, without a server. */
export interface DatabasePerson {
  readonly caller: Caller;
  readonly phone: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly refreshToken: string;
  /** "Personal", where this was the first sign-in: made after those to which they were invited. */
  readonly organizationId: string;
}

/** The server itself, acting for a client at a documentation address. */
export const server = serverCaller("203.0.113.7");

export const somePhone = newPhone;

export async function call<Result>(
  database: Database,
  fn: string,
  args: Record<string, unknown>,
  caller: Caller,
): Promise<Result> {
  return (await database.call(fn as never, args as never, caller)) as Result;
}

/** What a call was refused with: SQLSTATE and detail, or `null`s where it was not. */
export async function refusal(promise: Promise<unknown>): Promise<{ sqlState: string | null; detail: string | null }> {
  return promise.then(
    () => ({ sqlState: null, detail: null }),
    ({ sqlState, detail }) => ({ sqlState, detail }),
  );
}

/** Limits that no test but one about limits meets. */
export const setLimits = (database: Database, limits: Record<string, number> = {}): Promise<boolean> => {
  const generous = { otp_resend_seconds: 0, otp_per_phone_per_hour: 100_000, otp_per_address_per_hour: 100_000 };
  return call(database, "configure_limits", { limits: { ...generous, ...limits } }, server);
};

export async function codeFor(database: Database, phone: string): Promise<string> {
  const { code } = await call<{ code: string }>(database, "start_verification", { phone }, server);
  return code;
}

export async function signInTo(
  database: Database,
  phone = somePhone(),
  extra: Record<string, unknown> = {},
): Promise<DatabasePerson> {
  const code = await codeFor(database, phone);
  const answer = await call<SignIn>(database, "confirm_verification", { phone, code, ...extra }, server);
  const claims = { sub: answer.profile.id, session_id: answer.session.id, role: "authenticated" };
  const caller: Caller = { role: "authenticated", claims, accessToken: null, clientAddress: "203.0.113.7" };
  const organizations = await call<{ id: string }[]>(database, "organizations", {}, caller);
  return {
    caller,
    phone,
    userId: answer.profile.id,
    sessionId: answer.session.id,
    refreshToken: answer.refreshToken,
    organizationId: organizations.at(-1)?.id ?? "",
  };
}

/** A new person who is a member of `owner`'s organization. */
export async function memberOf(database: Database, owner: DatabasePerson, role: string): Promise<DatabasePerson> {
  const phone = somePhone();
  await call(database, "add_member", { organizationId: owner.organizationId, phone, role }, owner.caller);
  return signInTo(database, phone);
}

/** Takes somebody out of `owner`'s organization. */
export async function removeFrom(database: Database, owner: DatabasePerson, leaving: DatabasePerson): Promise<void> {
  const args = { organizationIds: [owner.organizationId] };
  const members = await call<{ id: string; userId: string }[]>(database, "members", args, owner.caller);
  const memberId = members.find(({ userId }) => userId === leaving.userId)?.id;
  await call(database, "remove_member", { memberId }, owner.caller);
}
