import { describe, expect, it } from "vitest";
import { createCookies } from "../../src/http/cookies.js";
import { createOriginCheck } from "../../src/http/origin.js";

describe("cookies", () => {
  const plain = createCookies(false);
  const secure = createCookies(true);

  it("are read out of whatever else a browser sends, and in no other writing than ours", () => {
    expect(plain.read("a=b; cloakroom-session=x.y.z; cloakroom-refresh=r; =c; d; cloakroom-thread=t")).toEqual({
      session: "x.y.z",
      refresh: "r",
      thread: "t",
    });
    for (const value of ["", '"x"', "x%2Ey", "x y", "x,y", "x=y", "é", "x\\", "x\ty", "x\0"])
      expect(plain.read(`cloakroom-session=${value}`)).toEqual({});
    for (const header of [
      undefined,
      "",
      ";",
      ";;;",
      "cloakroom-session",
      "=cloakroom-session=x",
      "cloakroom-session =x y",
    ])
      expect(plain.read(header)).toEqual({});
  });

  it("are read in no time out of whatever fits into a request's headers", () => {
    const blanks = " ".repeat(16_000);
    const before = process.cpuUsage();
    for (const header of [`${blanks}x`, `a=b;${blanks}x`, `cloakroom-session${blanks}=${blanks}x`, "=;".repeat(8_000)])
      plain.read(header);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(200);
  }, 10_000);

  it("that came twice are refused, in whatever form the second one is", () => {
    for (const second of ["x", "y", "", '"z"', " x "])
      expect(() => plain.read(`cloakroom-session=x; cloakroom-session=${second}`)).toThrow(
        expect.objectContaining({ code: "FORBIDDEN" }),
      );
    expect(plain.read("a=1; a=2; cloakroom-session=x")).toEqual({ session: "x" });
  });

  it("of https have the prefix, and without it they are not read; the other way round neither", () => {
    expect(secure.keep("session", "x")).toBe("__Host-cloakroom-session=x; Path=/; HttpOnly; SameSite=Lax; Secure");
    expect(secure.read("cloakroom-session=x")).toEqual({});
    expect(plain.read("__Host-cloakroom-session=x")).toEqual({});
    expect(secure.read("__Host-cloakroom-session=x; cloakroom-session=tossed; cloakroom-session=again")).toEqual({
      session: "x",
    });
  });

  it("are dropped with the attributes with which they were kept", () => {
    for (const cookies of [plain, secure]) {
      const kept = cookies.keep("refresh", "x", 60);
      expect(cookies.drop("refresh")).toBe(kept.replace("=x;", "=;").replace("Max-Age=60", "Max-Age=0"));
    }
  });
});

describe("an origin", () => {
  it("that is named in CORS_ORIGINS is ours, whatever the browser says of its site", () => {
    const isOurPage = createOriginCheck(["https://app.example.com"], "https://api.example.com/base");
    const ours = { origin: "https://app.example.com" };
    for (const site of [undefined, "cross-site", "same-site", "same-origin"])
      expect(isOurPage({ ...ours, ...(site && { "sec-fetch-site": site }) })).toBe(true);
    expect(isOurPage({ origin: "https://api.example.com" })).toBe(true);
    expect(isOurPage({ origin: "https://api.example.com", "sec-fetch-site": "same-site" })).toBe(false);
  });
});
