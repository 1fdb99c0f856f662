import { describe, expect, it } from "vitest";
import { addressBelow } from "../../src/services/outside/oauth-address.js";

const base = "https://api.example.com/v1";

describe("the address of a path below a base", () => {
  it("is the base and the path, encoded as it came", () => {
    for (const [rest, href] of [
      ["", `${base}/`],
      ["users/me", `${base}/users/me`],
      ["users/me/", `${base}/users/me/`],
      ["search?q=a%2Fb&next=https://elsewhere.example//x/../y", undefined],
      ["calendars/a%40group.example/events?x=..", undefined],
      ["files/a%20b%25", undefined],
      ["files/100%2525", undefined],
      ["drive/root:/a.txt:/content", undefined],
      ["rows/@me/...", undefined],
      ["users('a')/messages", undefined],
      ["?page=2", undefined],
      ["files/%2525zz/100%25", undefined],
      ["files/.env/..a/b..", undefined],
      ["files/caf%C3%A9%20(1).txt", undefined],
    ] as const)
      expect(addressBelow(base, rest), rest).toBe(href ?? `${base}/${rest}`);
    expect(addressBelow("https://api.example.com", "users")).toBe("https://api.example.com/users");
  });

  it("is none where the path could lead out of the base, however it is written", () => {
    for (const rest of [
      "..",
      "../",
      "../admin",
      "users/../../admin",
      "users/..",
      "./x",
      "users/.",
      "/evil.example",
      "//evil.example",
      "users//x",
      "%2e%2e/admin",
      "%2E./admin",
      ".%2e/admin",
      "%252e%252e/admin",
      "%25252e%25252e/admin",
      "%2525252525252e%2525252525252e/admin",
      "..%2fadmin",
      "users%2f..%2fadmin",
      "users%2Fx",
      "..%5cadmin",
      "..\\admin",
      "users%5c..%5cadmin",
      "..;/admin",
      "..;a=b/admin",
      "%2e%2e;/admin",
      "..%252fadmin%25",
      "%252e%252e/admin%25zz",
      "x/%252e%252e%252f%252e%252e%252fdrive%25zz",
      "%252e%252e/admin%25c3%25",
      "..%23/x",
      "..%3f/x",
      "..%20/x",
      "..%2523/x",
      "%20../x",
      ".%23",
      "..%3F",
      "users/..%20",
      "users/..%3Ba/x",
      "users/%00",
      "users/%0d%0aHost:evil",
      "users/%7f",
      "users#x",
      "users /x",
      "us\ters",
      "usérs",
      "%zz",
      "%",
      "%c3%28",
    ])
      expect(addressBelow(base, rest), rest).toBeNull();
  });

  it("stays on the host, whatever looks like another", () => {
    for (const rest of [
      "@evil.example/",
      ":80@evil.example",
      "https:evil.example",
      "evil.example:80/x",
      ".evil.example",
    ])
      expect(new URL(addressBelow(base, rest) ?? base).origin, rest).toBe("https://api.example.com");
    for (const rest of ["https://evil.example/x", "http://evil.example"]) expect(addressBelow(base, rest)).toBeNull();
  });
});
