import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readSettings } from "../../src/config.js";

const refusal = (environment: Record<string, string>): string => {
  try {
    readSettings(environment);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};
const of = (services: unknown) => ({ OAUTH_SERVICES: JSON.stringify(services) });
const crm = {
  authorizationUrl: "https://crm.example/authorize",
  tokenUrl: "https://crm.example/token/",
  apiBaseUrl: "https://api.crm.example/v2/",
};
const canary = "canary-client-secret";

describe("services to connect", () => {
  it("are six without any settings, and this server is a client of none", () => {
    const { oauthServices } = readSettings({});
    expect([...oauthServices.keys()]).toEqual(["gmail", "google-calendar", "slack", "github", "notion", "microsoft"]);
    for (const service of oauthServices.values()) {
      expect(service.clientId).toBeNull();
      for (const url of [service.authorizationUrl, service.tokenUrl, service.apiBaseUrl])
        expect(url).toMatch(/^https:\/\/[a-z0-9.]+(\/|$)/);
      expect(service.apiBaseUrl).not.toMatch(/\/$/);
    }
  });

  it("are the operator's where a client id and secret are set, directly or in files", () => {
    const directory = mkdtempSync(path.join(tmpdir(), "oauth-"));
    const file = path.join(directory, "secret");
    writeFileSync(file, `${canary}\n`);
    const { oauthServices } = readSettings({
      OAUTH_GOOGLE_CALENDAR_CLIENT_ID: "an-id",
      OAUTH_GOOGLE_CALENDAR_CLIENT_SECRET_FILE: file,
    });
    rmSync(directory, { recursive: true });
    expect(oauthServices.get("google-calendar")).toMatchObject({ clientId: "an-id", clientSecret: canary });
    expect(refusal({ OAUTH_SLACK_CLIENT_ID: "an-id" })).toContain("OAUTH_SLACK_CLIENT_SECRET must be set");
    expect(refusal({ OAUTH_SLACK_CLIENT_SECRET: canary })).toContain("OAUTH_SLACK_CLIENT_ID must be set");
    expect(refusal({ OAUTH_SLACK_CLIENT_SECRET: canary })).not.toContain(canary);
    expect(refusal({ OAUTH_SLACK_CLIENT_ID: "an-id", OAUTH_SLACK_CLIENT_SECRET_FILE: file })).toContain(
      "OAUTH_SLACK_CLIENT_SECRET cannot be read",
    );
  });

  it("are added or overridden by OAUTH_SERVICES or the file of OAUTH_SERVICES_FILE", () => {
    const directory = mkdtempSync(path.join(tmpdir(), "oauth-"));
    const file = path.join(directory, "services.json");
    writeFileSync(file, JSON.stringify({ crm, slack: { scopes: ["a"] } }));
    const { oauthServices } = readSettings({
      OAUTH_SERVICES_FILE: file,
      OAUTH_CRM_CLIENT_ID: "id",
      OAUTH_CRM_CLIENT_SECRET: "secret",
    });
    rmSync(directory, { recursive: true });
    expect(oauthServices.get("crm")).toMatchObject({
      ...crm,
      apiBaseUrl: "https://api.crm.example/v2",
      clientAuthentication: "basic",
      clientId: "id",
    });
    expect(oauthServices.get("slack")).toMatchObject({
      scopes: ["a"],
      tokenUrl: "https://slack.com/api/oauth.v2.access",
    });
  });

  it("have their API's address in one writing, however it was given", () => {
    const apiBaseUrl = "HTTPS://API.Crm.Example:443/v2/./x//";
    expect(readSettings(of({ crm: { ...crm, apiBaseUrl } })).oauthServices.get("crm")?.apiBaseUrl).toBe(
      "https://api.crm.example/v2/x",
    );
  });

  it("must say who they are where their issuer is named, unless it is said that they need not", () => {
    const issuer = "https://crm.example";
    const described = (given: object) => readSettings(of({ crm: { ...crm, ...given } })).oauthServices.get("crm");
    expect(described({ issuer })).toMatchObject({ issuer, requiresIssuer: true });
    expect(described({ issuer, requiresIssuer: false })).toMatchObject({ issuer, requiresIssuer: false });
    expect(described({})).toMatchObject({ issuer: null, requiresIssuer: false });
    expect(readSettings({}).oauthServices.get("gmail")).toMatchObject({ requiresIssuer: false });
  });

  const moved = {
    authorizationUrl: "https://git.example/login/oauth/authorize",
    tokenUrl: "https://git.example/login/oauth/access_token",
    apiBaseUrl: "https://git.example/api/v3",
  };
  it("that are built in keep to their own server what is its own, where a file names another token address", () => {
    const { oauthServices } = readSettings(of({ github: moved, gmail: moved, notion: { scopes: ["a"] } }));
    for (const name of ["github", "gmail"])
      expect(oauthServices.get(name)).toMatchObject({ ...moved, revocationUrl: null, issuer: null });
    expect(oauthServices.get("notion")).toMatchObject({ revocationUrl: "https://api.notion.com/v1/oauth/revoke" });
  });

  it("that are built in move as a whole: tokens of one server never go to the API of another", () => {
    const { authorizationUrl, tokenUrl, apiBaseUrl } = moved;
    for (const given of [{ tokenUrl }, { tokenUrl, apiBaseUrl }, { tokenUrl, authorizationUrl }])
      expect(refusal(of({ github: given })), JSON.stringify(given)).toBe(
        "The server cannot start: OAUTH_SERVICES: github must be given authorizationUrl, tokenUrl and apiBaseUrl together, since its tokenUrl is another than the built-in one.",
      );
    // What says itself where its tokens or its people go, does.
    for (const given of [{ authorizationUrl }, { apiBaseUrl }])
      expect(readSettings(of({ github: given })).oauthServices.get("github")).toMatchObject(given);
    // In the same words, or in others that mean the same, nothing has moved.
    const same = { tokenUrl: "https://github.com/login/oauth/access_token", apiBaseUrl: "https://API.github.com/" };
    expect(readSettings(of({ github: same })).oauthServices.get("github")).toMatchObject({
      authorizationUrl: "https://github.com/login/oauth/authorize",
      revocationRequests: "github",
    });
  });

  it.each([
    [{ CRM: crm }, "CRM must be named in lower-case letters, digits, hyphens, dots and underscores"],
    [{ crm: "canary" }, "crm must be described by the fields that the documentation names"],
    [{ crm: { ...crm, clientSecret: "canary" } }, "crm.clientSecret is no field of a service"],
    [{ crm: {} }, "crm must be given authorizationUrl, tokenUrl and apiBaseUrl"],
    [{ crm: { ...crm, scopes: "canary" } }, "crm.scopes must be a list of texts"],
    [{ crm: { ...crm, scopes: [1] } }, "crm.scopes.0 must be a text without white space"],
    [{ crm: { ...crm, scopes: ["a", "canary canary"] } }, "crm.scopes.1 must be a text without white space"],
    [
      { crm: { ...crm, apiBaseUrl: 5 } },
      "crm.apiBaseUrl must be an absolute http or https URL, without credentials or query",
    ],
    [
      { crm: { ...crm, tokenUrl: "ftp://a" } },
      "crm.tokenUrl must be an absolute http or https URL, without credentials or query",
    ],
    [{ crm: { ...crm, issuer: 5 } }, "crm.issuer must be an absolute http or https URL, without credentials or query"],
    [{ crm: { ...crm, accountField: 5 } }, "crm.accountField must be a text"],
    [{ crm: { ...crm, tokenRequests: "canary" } }, "crm.tokenRequests must be form or json"],
    [{ crm: { ...crm, requestHeaders: "canary" } }, "crm.requestHeaders must be a list of texts"],
    [{ crm: { ...crm, requestHeaders: ["X-Canary"] } }, "crm.requestHeaders.0 must be a header's name in lower case"],
    [
      { crm: { ...crm, requestHeaders: ["a", "cookie"] } },
      "crm.requestHeaders.1 must not be a header that the server sets itself",
    ],
    [
      { crm: { ...crm, revocationHeaders: { authorization: "canary" } } },
      "crm.revocationHeaders.authorization must not be a header that the server sets itself",
    ],
    [{ crm: { ...crm, revocationHeaders: "canary" } }, "crm.revocationHeaders must be texts by name"],
    [{ crm: { ...crm, revocationHeaders: { a: 1 } } }, "crm.revocationHeaders.a must be a plain text"],
    [{ crm: { ...crm, authorizationParameters: { a: 1 } } }, "crm.authorizationParameters.a must be a text"],
    [
      { crm: { ...crm, authorizationParameters: { "a b": "" } } },
      "crm.authorizationParameters.… must have a plain name",
    ],
    [
      { crm: { ...crm, authorizationParameters: { state: "canary" } } },
      "crm.authorizationParameters.state must not be a parameter that the server sets itself",
    ],
    [{ crm: { ...crm, requiresIssuer: true } }, "crm must be given an issuer, since requiresIssuer is true"],
    [{ "a-b": crm, "a.b": crm }, "a-b and a.b have the same variables: rename one of them"],
  ])("are refused in a sentence that says where in them: %j", (services, sentence) => {
    expect(refusal(of(services))).toBe(`The server cannot start: OAUTH_SERVICES: ${sentence}.`);
  });

  it("are refused where something is named __proto__, which would be read as nothing", () => {
    for (const services of [`{"__proto__": ${JSON.stringify(crm)}}`, `{"crm": {"scopes": [], "__proto__": {}}}`])
      expect(refusal({ OAUTH_SERVICES: services })).toContain("OAUTH_SERVICES must not name anything __proto__");
  });

  it("are refused at the start, no value named, where they are no services", () => {
    for (const services of [
      [],
      "canary",
      { "Canary!": crm },
      { crm: "canary" },
      { crm: { ...crm, "canary canary": 1 } },
      { crm: { tokenUrl: "https://canary.example" } },
      { crm: { ...crm, tokenUrl: "ftp://canary.example" } },
      { crm: { ...crm, tokenUrl: "https://canary:canary@crm.example/token" } },
      { crm: { ...crm, apiBaseUrl: "https://crm.example/?canary" } },
      { crm: { ...crm, clientAuthentication: "canary" } },
      { crm: { ...crm, scopes: ["canary canary"] } },
      { crm: { ...crm, requestHeaders: ["authorization"] } },
      { crm: { ...crm, requestHeaders: ["cookie"] } },
      { crm: { ...crm, authorizationParameters: { redirect_uri: "https://canary.example" } } },
      { crm: { ...crm, requiresIssuer: true } },
      { crm: { ...crm, requiresIssuer: "canary" } },
      { crm: { ...crm, revocationRequests: "canary" } },
      { crm: { ...crm, revocationHeaders: { authorization: "canary" } } },
      { crm: { ...crm, revocationHeaders: { "x-version": "canary\r\ncookie: a" } } },
      { "a-b": crm, "a.b": crm },
    ])
      expect(refusal(of(services)), JSON.stringify(services)).toMatch(
        /^The server cannot start: OAUTH_SERVICES:? (?!.*canary)/i,
      );
    expect(refusal({ OAUTH_SERVICES: "{canary" })).toMatch(/OAUTH_SERVICES must be a JSON object of services/);
    expect(refusal({ OAUTH_SERVICES_FILE: "/nowhere" })).toContain("cannot be read");
  });

  it("may be at http addresses only where private ones are allowed", () => {
    const local = { crm: { ...crm, tokenUrl: "http://127.0.0.1:9/token" } };
    expect(readSettings(of(local)).allowPrivateUpstreams).toBe(true);
    expect(refusal({ ...of(local), ALLOW_PRIVATE_UPSTREAMS: "false" })).toContain("https addresses alone");
  });
});
