import { expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import { nobodysId, notFound } from "../support/stage.js";

export const organizations: Suite = (stage) => {
  it("makes an organization whose maker owns it, its name kept to the character", async () => {
    const someone = await stage().signIn();
    const name = `Ünïcode "☃" \\ ' 🔐 \u202e {"a":1}`;
    const made = await stage().call("create_organization", { name: `  ${name}\n` }, someone.caller);
    expect(made).toMatchObject({ name, role: "OWNER" });
    expect(await stage().call("organization", { organizationId: made.id }, someone.caller)).toEqual(made);
    expect((await stage().call("organizations", {}, someone.caller)).map(({ name }) => name)).toEqual([
      "Personal",
      name,
    ]);
  });

  it.each(["", " \n", "n".repeat(201)])("refuses the name %j", async (name) => {
    const made = stage().call("create_organization", { name }, stage().owner.caller);
    expect(await stage().refusal(made)).toMatchObject({ sqlState: "CR422", detail: "input.name" });
  });

  it("refuses everything about organizations to nobody, and another's to a stranger", async () => {
    const { organizationId, gone } = stage();
    await stage().guards("VIEWER", (caller) => stage().call("organization", { organizationId }, caller));
    for (const ask of [
      () => stage().call("organizations", {}, gone.caller),
      () => stage().call("create_organization", { name: "x" }, gone.caller),
      () => stage().call("members", { organizationIds: [organizationId] }, gone.caller),
    ])
      expect((await stage().refusal(ask())).sqlState).toBe("CR401");
  });

  it.each([nobodysId, "none", "", "00000000-0000-4000-8000-00000000000g"])(
    "knows no organization by %j",
    async (organizationId) => {
      const { owner } = stage();
      expect(await stage().refusal(stage().call("organization", { organizationId }, owner.caller))).toEqual(notFound);
      expect(await stage().refusal(stage().call("delete_organization", { organizationId }, owner.caller))).toEqual(
        notFound,
      );
      const member = stage().call("add_member", { organizationId, phone: stage().nextPhone() }, owner.caller);
      expect(await stage().refusal(member)).toEqual(notFound);
    },
  );

  it("lists members of one's own organizations, and none of another's", async () => {
    const { owner, admin, viewer, stranger, organizationId } = stage();
    await stage().call("me", {}, admin.caller);
    const [strangers] = await stage().call("organizations", {}, stranger.caller);
    const ids = [organizationId, strangers?.id ?? ""];
    const listed = await stage().call("members", { organizationIds: ids }, viewer.caller);
    expect(listed.map(({ role }) => role)).toEqual(["OWNER", "ADMIN", "MEMBER", "VIEWER"]);
    expect(listed[0]).toMatchObject({ userId: owner.userId, name: "Olga Owner", organizationId });
    expect(await stage().call("members", { organizationIds: [] }, viewer.caller)).toEqual([]);
    const malformed = stage().call("members", { organizationIds: [organizationId, "none"] }, viewer.caller);
    expect(await stage().refusal(malformed)).toEqual(notFound);
  });

  it("adds a member by phone, who waits without a user until they come", async () => {
    const { owner } = stage();
    const organizationId = await stage().organizationOf(owner);
    const phone = stage().nextPhone();
    const invited = await stage().call("add_member", { organizationId, phone }, owner.caller);
    expect(invited).toMatchObject({ role: "MEMBER", userId: null, name: null, joinedAt: null, organizationId });
    const someone = await stage().signIn(phone, { name: "Late" });
    await stage().call("me", {}, someone.caller);
    const [, joined] = await stage().call("members", { organizationIds: [organizationId] }, owner.caller);
    expect(joined).toMatchObject({ id: invited.id, userId: someone.userId, name: "Late" });
    expect(joined?.joinedAt).not.toBeNull();
    const again = stage().call("add_member", { organizationId, phone, role: "VIEWER" }, owner.caller);
    expect(await stage().refusal(again)).toMatchObject({ sqlState: "CR409", detail: "input.phone" });
  });

  it("lets admins add members, owners alone make owners, and refuses what is no role or no phone", async () => {
    const { owner, admin, organizationId } = stage();
    const add = (role: string, caller = owner.caller, phone = stage().nextPhone()) =>
      stage().call("add_member", { organizationId, phone, role }, caller);
    await stage().guards("ADMIN", (caller) => add("VIEWER", caller));
    expect((await stage().refusal(add("OWNER", admin.caller))).sqlState).toBe("CR403");
    for (const role of ["", "owner", "NOBODY"])
      expect(await stage().refusal(add(role))).toMatchObject({ sqlState: "CR422", detail: "input.role" });
    expect(await stage().refusal(add("VIEWER", owner.caller, "none"))).toMatchObject({ detail: "input.phone" });
  });

  it("changes roles: admins below owner, owners any, and the last owner stays one", async () => {
    const { owner, admin, member } = stage();
    const organizationId = await stage().organizationOf(owner, { admin, member });
    for (const { caller } of [admin, member]) await stage().call("me", {}, caller);
    const listed = await stage().call("members", { organizationIds: [organizationId] }, owner.caller);
    const [ownership, , membership] = listed.map(({ id }) => id) as [string, string, string];
    const change = (memberId: string, role: string, caller = owner.caller) =>
      stage().call("update_member", { memberId, role }, caller);
    expect(await change(membership, "VIEWER", admin.caller)).toMatchObject({ id: membership, role: "VIEWER" });
    expect((await stage().refusal(change(membership, "OWNER", admin.caller))).sqlState).toBe("CR403");
    expect((await stage().refusal(change(ownership, "VIEWER"))).sqlState).toBe("CR403");
    expect(await stage().refusal(change(membership, "none"))).toMatchObject({
      sqlState: "CR422",
      detail: "input.role",
    });
    for (const id of [nobodysId, "none"]) expect(await stage().refusal(change(id, "VIEWER"))).toEqual(notFound);
    expect(await stage().refusal(change(membership, "ADMIN", stage().stranger.caller))).toEqual(notFound);
    expect((await stage().refusal(change(membership, "ADMIN", stage().gone.caller))).sqlState).toBe("CR401");
    expect(await change(membership, "OWNER")).toMatchObject({ role: "OWNER" });
    expect(await change(ownership, "VIEWER")).toMatchObject({ role: "VIEWER" });
  });

  it("removes members: admins others, anyone themselves, and the last owner stays", async () => {
    const { owner, admin, member, viewer } = stage();
    const organizationId = await stage().organizationOf(owner, { admin, member, viewer });
    const listed = await stage().call("members", { organizationIds: [organizationId] }, owner.caller);
    const [ownership, , membership, viewership] = listed.map(({ id }) => id) as [string, string, string, string];
    const remove = (memberId: string, caller = owner.caller) => stage().call("remove_member", { memberId }, caller);
    await stage().guards("ADMIN", (caller) => remove(ownership, caller));
    expect((await stage().refusal(remove(ownership))).sqlState).toBe("CR403");
    expect(await remove(viewership, viewer.caller)).toBe(true);
    expect(await remove(membership, admin.caller)).toBe(true);
    expect(await stage().refusal(remove(membership))).toEqual(notFound);
    expect(await stage().refusal(remove("none"))).toEqual(notFound);
    const left = stage().call("organization", { organizationId }, viewer.caller);
    expect(await stage().refusal(left)).toEqual(notFound);
  });

  it("deletes an organization with all that is in it, for its owners alone", async () => {
    const { owner, admin, member, viewer } = stage();
    const organizationId = await stage().organizationOf(owner, { admin, member, viewer });
    const table = await stage().tableOf([{ name: "a", type: "TEXT" }], "Gone soon", organizationId);
    await stage().guards("OWNER", (caller) => stage().call("delete_organization", { organizationId }, caller));
    expect(await stage().call("delete_organization", { organizationId }, owner.caller)).toBe(true);
    expect(await stage().refusal(stage().call("table_by_id", { id: table.id }, owner.caller))).toEqual(notFound);
    const again = stage().call("delete_organization", { organizationId }, owner.caller);
    expect(await stage().refusal(again)).toEqual(notFound);
  });
};
