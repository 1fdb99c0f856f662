import jwt from "jsonwebtoken";
import { expect } from "vitest";
import type { Calls, DataColumn, SignIn } from "../../../src/database/contract.generated.js";
import type { Caller, Database, DatabaseError } from "../../../src/database/port.js";
import { serverCaller } from "../../../src/database/server-caller.js";
import type { DriverUnderTest } from "./driver.js";

/** Somebody who signed in through the driver under test. */
export interface Someone {
  readonly caller: Caller;
  readonly phone: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly refreshToken: string;
}

export interface Refusal {
  readonly sqlState: string;
  readonly message: string;
  readonly detail: string | null;
}

export const server = serverCaller("203.0.113.7");
export const nobodysId = "00000000-0000-4000-8000-000000000000";
export const notFound: Refusal = { sqlState: "CR404", message: "Not found.", detail: null };

/** What the cases of one driver share: its database, and five people around one organization. */
export type Stage = Awaited<ReturnType<typeof setStage>>;

export async function setStage(driver: DriverUnderTest, database: Database) {
  let phones = 2_000_000;
  const nextPhone = () => `+1415${phones++}`;
  const call = <F extends keyof Calls>(fn: F, args: Calls[F]["args"], caller: Caller) =>
    database.call(fn, args, caller);

  function someoneOf({ profile, session, refreshToken }: SignIn, phone: string): Someone {
    if (!profile || !session || !refreshToken) throw new Error("Nobody is signed in by this answer.");
    const issued = { sub: profile.id, session_id: session.id, role: "authenticated", aud: "authenticated" };
    const accessToken = driver.mint(issued);
    const claims = jwt.decode(accessToken) as Record<string, unknown>;
    const caller: Caller = { role: "authenticated", claims, accessToken, clientAddress: "198.51.100.4" };
    return { caller, phone, userId: profile.id, sessionId: session.id, refreshToken };
  }

  async function signIn(phone = nextPhone(), extra: Partial<Calls["confirm_verification"]["args"]> = {}) {
    const { code } = await call("start_verification", { phone }, server);
    return someoneOf(await call("confirm_verification", { phone, code: code ?? "", ...extra }, server), phone);
  }

  /** An organization of `owner` with the others in their roles; they join by their next call. */
  async function organizationOf(owner: Someone, others: Readonly<Record<string, Someone>> = {}, name = "Acme") {
    const { id } = await call("create_organization", { name }, owner.caller);
    for (const [role, { phone }] of Object.entries(others))
      await call("add_member", { organizationId: id, phone, role: role.toUpperCase() }, owner.caller);
    return id;
  }

  const limits = { otp_resend_seconds: 0, otp_per_phone_per_hour: 100_000, otp_per_address_per_hour: 100_000 };
  const setLimits = (changed: Record<string, number> = {}) =>
    call(
      "configure_limits",
      { limits: { ...limits, otp_max_attempts: 5, reveals_per_minute: 100_000, ...changed } },
      server,
    );
  await setLimits();
  const owner = await signIn(nextPhone(), { name: "Olga Owner" });
  const people = { admin: await signIn(), member: await signIn(), viewer: await signIn() };
  const stranger = await signIn();
  const gone = await signIn();
  await call("revoke_session", {}, gone.caller);
  const organizationId = await organizationOf(owner, people);

  return {
    driver,
    /** Every call of it is noted; for calls at once there is `driver.database`. */
    database,
    call,
    owner,
    ...people,
    stranger,
    /** Whose session has ended. */
    gone,
    organizationId,
    nextPhone,
    signIn,
    someoneOf,
    organizationOf,
    setLimits,

    /** A table with its columns' ids by name. */
    async tableOf(columns: readonly object[], name = `Table ${phones++}`, inOrganization = organizationId) {
      const { id } = await call("create_table", { organizationId: inOrganization, name, columns }, owner.caller);
      const made = (await call("columns", { tableIds: [id] }, owner.caller)) as DataColumn[];
      return { id, ids: Object.fromEntries(made.map((column) => [column.name, column.id])) as Record<string, string> };
    },

    /** What the call is refused with; one that answers fails the case. */
    async refusal(refused: Promise<unknown>): Promise<Refusal> {
      const error = await refused.then(
        () => expect.fail("The call was answered, and should have been refused."),
        (thrown: DatabaseError) => thrown,
      );
      return { sqlState: error.sqlState, message: error.message, detail: error.detail };
    },

    /** Who is refused a call for which the role `minimum` is needed, and how. */
    async guards(minimum: "MEMBER" | "ADMIN" | "OWNER" | "VIEWER", asked: (caller: Caller) => Promise<unknown>) {
      const low = { VIEWER: [], MEMBER: [people.viewer], ADMIN: [people.viewer, people.member] };
      const tooLow = minimum === "OWNER" ? Object.values(people) : low[minimum];
      for (const { caller } of tooLow) expect((await this.refusal(asked(caller))).sqlState).toBe("CR403");
      expect(await this.refusal(asked(stranger.caller))).toEqual(notFound);
      expect((await this.refusal(asked(gone.caller))).sqlState).toBe("CR401");
    },
  };
}
