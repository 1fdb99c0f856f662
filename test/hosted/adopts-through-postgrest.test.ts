import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHostedDatabase, type HostedDatabase } from "../support/hosted-database.js";
import { supabaseClaims } from "../support/supabase-auth.js";
import { type SupabasePeer, startSupabasePeer } from "../support/supabase-peer.js";

describe("a user of the project who calls PostgREST before they ever called the server", () => {
  let hosted: HostedDatabase;
  let project: SupabasePeer;
  beforeAll(async () => {
    hosted = await createHostedDatabase();
    project = await startSupabasePeer(hosted.authenticatorUrl);
  });
  afterAll(async () => {
    await project?.close();
    await hosted?.drop();
  });

  async function call(fn: string, claims: Record<string, unknown>, args = {}) {
    const response = await fetch(`${project.url}/rest/v1/rpc/${fn}`, {
      method: "POST",
      headers: {
        apikey: project.publishableKey,
        authorization: `Bearer ${project.mint(claims)}`,
        "content-type": "application/json",
        "content-profile": "cloakroom_api",
      },
      body: JSON.stringify(args),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null };
  }

  test("is signed in with their first call, and nobody once they ended that session", async () => {
    const claims = supabaseClaims({ phone: "14155550123" });
    expect((await call("session", claims)).body).toMatchObject([{ id: claims.session_id, current: true }]);
    expect((await call("me", claims)).body).toMatchObject({ id: claims.sub, phone: "+1••••••••23" });
    expect((await call("organizations", claims)).body).toMatchObject([{ name: "Personal", role: "OWNER" }]);
    expect((await call("revoke_session", claims)).body).toBe(true);
    expect((await call("session", claims)).body).toEqual([]);
    expect((await call("me", claims)).body).toMatchObject({ code: "CR401" });
  });

  test("is made once by calls that come together", async () => {
    const claims = supabaseClaims();
    const answers = await Promise.all(["me", "sessions", "organizations", "me"].map((fn) => call(fn, claims)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers[2]?.body).toHaveLength(1);
  });

  test("is nobody without aal, as our own tokens are, and while anonymous", async () => {
    for (const wrong of [{ aal: undefined }, { is_anonymous: true }]) {
      const claims = supabaseClaims(wrong);
      expect((await call("session", claims)).body).toEqual([]);
      expect((await call("me", claims)).body).toMatchObject({ code: "CR401" });
    }
  });
});
