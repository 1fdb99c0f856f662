import { describe, expect, it } from "vitest";
import { ownLinks } from "../../src/services/outside/oauth-forwarded-answer.js";

const place = {
  url: "https://api.example.com/v1/things?page=2",
  apiBaseUrl: "https://api.example.com/v1",
  ownPath: "/integrations/7/proxy",
};
const base = place.apiBaseUrl;

describe("a Link header of a service", () => {
  it("leads through us, each target on its own, with its parameters as they came", () => {
    for (const [header, expected] of [
      [`<${base}/things?page=3>; rel="next"`, `</integrations/7/proxy/things?page=3>; rel="next"`],
      ["<?page=1>; rel=prev , </v1/x>", "</integrations/7/proxy/things?page=1>; rel=prev, </integrations/7/proxy/x>"],
      [`<${base}/a>; title="a, <b>; c\\""; rel=next,<${base}/d>`, undefined],
    ] as const)
      expect(ownLinks(header, place)).toBe(
        expected ?? `</integrations/7/proxy/a>; title="a, <b>; c\\""; rel=next, </integrations/7/proxy/d>`,
      );
  });

  it("is without the links that lead anywhere else, to which a client would take what it sends us", () => {
    for (const elsewhere of [
      "https://api.example.com/v2/x",
      "https://api.example.com/v1",
      "https://evil.example/v1/x",
      "//evil.example/v1/x",
      "https://api.example.com@evil.example/v1/x",
      "https://api.example.com/v1/../admin",
      "https://api.example.com/v1/%252e%252e/admin",
      "http://[",
      "",
    ]) {
      const own = ownLinks(`<${elsewhere}>; rel="next", <${base}/a>; rel="last"`, place) ?? "";
      expect(own, elsewhere).not.toMatch(/evil|admin|https?:|v2/);
      expect(own, elsewhere).toContain(`</integrations/7/proxy/a>; rel="last"`);
    }
    expect(ownLinks("<https://evil.example/>; rel=next", place)).toBeNull();
  });

  it("ends where it is no such header any more", () => {
    for (const header of ["", "x", `<${base}/a`, `<${base}/a>; title="`, `https://evil.example/, <${base}/a>`, null])
      expect(ownLinks(header, place), String(header)).toBeNull();
    expect(ownLinks(`<${base}/a>, evil <${base}/b>`, place)).toBe("</integrations/7/proxy/a>");
  });
});
