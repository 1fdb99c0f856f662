import { rmSync } from "node:fs";
import path from "node:path";
import { type Browser, type BrowserContext, chromium, type Page as Tab } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { openDirectory } from "./support/checkout.js";
import { newPhone } from "./support/client.js";
import type { Page, PageAnswer } from "./support/page-server.js";
import { servePage } from "./support/page-server.js";
import { freePort } from "./support/postgres-15.js";
import { type ServerProcess, startServer } from "./support/server-process.js";

const creation = 'mutation { createOrganization(input: { name: "By a foreign page" }) { id } }';
const confirmation = `mutation($phone: String!, $code: String!) {
  confirmVerification(input: { phone: $phone, code: $code, useCookies: true, rememberMe: true }) {
    accessToken refreshToken user { id }
  }
}`;
const credential = "of-a-browser-canary";
const connection = `mutation {
  connect(input: { credentials: [{ name: "api_key", value: "${credential}" }], useCookies: true }) { threadSession }
}`;

/** What a page's script can do; the tests' own compiler knows no browser. */
declare const createPage: (api: string) => Page;
declare const page: Page;

describe("cookies in Chromium", () => {
  const directory = openDirectory();
  const pages: { readonly port: number; close(): void }[] = [];
  let origins: {
    readonly ours: string;
    readonly otherPort: string;
    readonly otherSite: string;
    readonly byAddress: string;
  };
  let server: ServerProcess;
  let start: () => Promise<ServerProcess>;
  let api: string;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    pages.push(...(await Promise.all([servePage(), servePage(), servePage()])));
    const [ours, port, site] = pages.map((one) => one.port);
    origins = {
      ours: `http://localhost:${ours}`,
      otherPort: `http://localhost:${port}`,
      otherSite: `http://evil.test:${site}`,
      byAddress: `http://127.0.0.1:${site}`,
    };
    const apiPort = await freePort();
    api = `http://localhost:${apiPort}`;
    start = () =>
      startServer({
        command: ["node", "dist/main.js"],
        cwd: inject("checkout"),
        env: {
          DATA_DIR: path.join(directory, "data"),
          PORT: String(apiPort),
          CORS_ORIGINS: origins.ours,
          OTP_RESEND_SECONDS: "0",
          OTP_PER_IP_PER_HOUR: "1000",
        },
      });
    server = await start();
    browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox", "--host-resolver-rules=MAP evil.test 127.0.0.1"],
    });
  });
  beforeEach(async () => {
    await context?.close();
    context = await browser.newContext();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    for (const one of pages) one.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** A tab with our program in it, as served from an origin. */
  async function open(origin: string): Promise<Tab> {
    const tab = await context.newPage();
    await tab.goto(origin);
    await tab.evaluate((api) => Object.assign(globalThis, { page: createPage(api) }), api);
    return tab;
  }
  const query = (tab: Tab, text: string): Promise<PageAnswer> => tab.evaluate((text) => page.query(text), text);
  const mutate = (tab: Tab, text: string, variables = {}): Promise<PageAnswer> =>
    tab.evaluate(([text, variables]) => page.mutate(text, variables), [text, variables] as const);
  const learnCsrfToken = (tab: Tab) => tab.evaluate(() => page.learnCsrfToken());
  const nameList = async (tab: Tab) => JSON.stringify((await query(tab, "{ organizations { name } }")).data);

  async function signIn(tab: Tab): Promise<void> {
    const phone = newPhone();
    await mutate(tab, "mutation($phone: String!) { startVerification(input: { phone: $phone }) { phone } }", { phone });
    const { data, error } = await mutate(tab, confirmation, { phone, code: await server.codeFor(phone) });
    expect(error).toBeNull();
    expect(data).toMatchObject({ confirmVerification: { accessToken: null, refreshToken: null } });
  }
  async function signedIn(): Promise<Tab> {
    const tab = await open(origins.ours);
    await signIn(tab);
    await learnCsrfToken(tab);
    return tab;
  }

  it("sign in, query, change, refresh and sign out work from the allowed origin on another port of the host", async () => {
    const tab = await signedIn();
    expect((await query(tab, "{ me { id } }")).error).toBeNull();
    expect((await mutate(tab, creation)).error).toBeNull();
    expect(await nameList(tab)).toContain("By a foreign page");
    const before = await context.cookies(api);
    expect((await mutate(tab, "mutation { refreshSession { expiresAt } }")).error).toBeNull();
    const after = await context.cookies(api);
    const refreshToken = (kept: typeof before) => kept.find(({ name }) => name === "cloakroom-refresh")?.value;
    expect(refreshToken(after)).not.toBe(refreshToken(before));
    expect((await query(tab, "{ me { id } }")).error).toBeNull();
    expect((await mutate(tab, "mutation { revokeSession }")).data).toEqual({ revokeSession: true });
    expect(await context.cookies(api)).toEqual([]);
    expect((await query(tab, "{ me { id } }")).error).toBe("UNAUTHENTICATED");
  });

  it("without x-csrf-token nothing is changed, also from the allowed origin", async () => {
    const tab = await open(origins.ours);
    await signIn(tab);
    expect((await mutate(tab, creation)).error).toBe("FORBIDDEN");
    await learnCsrfToken(tab);
    expect(await nameList(tab)).not.toContain("By a foreign page");
  });

  it("a restart of the server keeps the browser signed in, and its tokens are refreshed", async () => {
    const tab = await signedIn();
    await server.stop();
    server = await start();
    expect((await mutate(tab, "mutation { refreshSession { expiresAt } }")).error).toBeNull();
    expect((await query(tab, "{ me { id } }")).error).toBeNull();
  });

  it("no token is within the page's reach: not in storage, cookies that scripts see, or Apollo's cache", async () => {
    const tab = await signedIn();
    await mutate(tab, connection);
    await query(
      tab,
      "{ me { id phone } session { id } sessions { id userAgent } csrfToken connectedAccount { durable } }",
    );
    const kept = await context.cookies(api);
    expect(kept.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite])).toEqual(
      ["session", "refresh", "thread"].map((kind) => [`cloakroom-${kind}`, true, "Lax"]),
    );
    const reach = await tab.evaluate(`(async () => {
      const databases = await indexedDB.databases();
      const workers = await navigator.serviceWorker.getRegistrations();
      return JSON.stringify([
        { ...localStorage }, { ...sessionStorage }, databases, document.cookie, workers.length, page.cache(), name, location.href,
      ]);
    })()`);
    expect(JSON.parse(reach as string).slice(0, 5)).toEqual([{}, {}, [], "", 0]);
    for (const { value } of kept) expect(reach).not.toContain(value);
    expect(reach).not.toContain(credential);
  });

  describe.each(["otherPort", "otherSite", "byAddress"] as const)("a page of another origin (%s)", (which) => {
    it("changes nothing by any way that a page has, and reads nothing", async () => {
      const ours = await signedIn();
      const csrfToken = await learnCsrfToken(ours);
      const cookies = await context.cookies(api);
      const foreign = await open(origins[which]);
      for (const text of ["{ me { id } }", "{ csrfToken }"])
        expect((await query(foreign, text)).error).toMatch(/fetch/i);
      expect((await mutate(foreign, creation)).error).toMatch(/fetch/i);
      const answers = await foreign.evaluate(attacks, { url: `${api}/graphql`, creation, csrfToken });
      for (const [way, read] of Object.entries(answers)) expect([way, read]).toEqual([way, "nothing"]);
      expect(await nameList(ours)).not.toContain("By a foreign page");
      expect(await context.cookies(api)).toEqual(cookies);
      expect((await mutate(ours, creation)).error).toBeNull();
    });

    it("posts forms in vain, into a frame and in the tab itself", async () => {
      const ours = await signedIn();
      for (const target of ["frame", "_self"]) {
        const foreign = await open(origins[which]);
        const answered = foreign.context().waitForEvent("response", (response) => response.url() === `${api}/graphql`);
        await foreign.evaluate(postForm, { url: `${api}/graphql`, creation, target });
        expect((await answered).status()).toBe(415);
        await foreign.waitForLoadState();
      }
      const visitor = await context.newPage();
      const address = `${api}/graphql?query=${encodeURIComponent(creation)}`;
      await visitor.goto(origins[which]);
      await visitor.evaluate(`void setTimeout(() => { location.href = ${JSON.stringify(address)}; })`);
      await visitor.waitForURL(/graphql/);
      await visitor.waitForTimeout(1000);
      expect(await nameList(ours)).not.toContain("By a foreign page");
    });

    it("frames no page of the server", async () => {
      await signedIn();
      const foreign = await open(origins[which]);
      for (const address of ["/graphql", "/healthz"]) {
        const framed = foreign.waitForEvent("framenavigated", (frame) => frame !== foreign.mainFrame());
        await foreign.evaluate(`{
          const frame = document.createElement("iframe");
          frame.src = ${JSON.stringify(api + address)};
          document.body.append(frame);
        }`);
        expect((await framed).url()).toMatch(/^chrome-error:/);
      }
    });

    it("cannot sign its visitor in as somebody else", async () => {
      const foreign = await open(origins[which]);
      const phone = newPhone();
      const own = await open(origins.ours);
      await mutate(own, "mutation($phone: String!) { startVerification(input: { phone: $phone }) { phone } }", {
        phone,
      });
      const code = await server.codeFor(phone);
      expect((await mutate(foreign, confirmation, { phone, code })).error).toMatch(/fetch/i);
      expect(await context.cookies(api)).toEqual([]);
      expect((await mutate(own, confirmation, { phone, code })).error).toBeNull();
    });
  });
});

interface Attack {
  readonly url: string;
  readonly creation: string;
  readonly csrfToken: string;
}

/** Runs in the page: each way to send a request with its visitor's cookies → what the page could read of the answer. */
async function attacks({ url, creation, csrfToken }: Attack): Promise<Record<string, string>> {
  const body = JSON.stringify({ query: creation });
  const json = { "content-type": "application/json" };
  const ways: Record<string, RequestInit> = {
    "JSON with credentials": { method: "POST", headers: json, body },
    "JSON with a stolen x-csrf-token": { method: "POST", headers: { ...json, "x-csrf-token": csrfToken }, body },
    "no-cors text": { method: "POST", mode: "no-cors", headers: { "content-type": "text/plain" }, body },
    "no-cors JSON": { method: "POST", mode: "no-cors", headers: json, body },
    "no-cors form": { method: "POST", mode: "no-cors", body: new URLSearchParams({ query: creation }) },
    "no type at all": { method: "POST", mode: "no-cors", body: new Blob([body]) },
  };
  const tried = Object.entries(ways).map(async ([way, init]) => {
    const read = await fetch(url, { credentials: "include", ...init })
      .then((answer) => answer.text())
      .catch(() => "");
    return [way, read === "" ? "nothing" : read] as const;
  });
  const byAddress = fetch(`${url}?query=${encodeURIComponent(creation)}`, { credentials: "include" })
    .then((answer) => answer.text())
    .catch(() => "");
  tried.push(byAddress.then((read) => ["GET", read === "" ? "nothing" : read] as const));
  const { navigator } = globalThis as unknown as { navigator: { sendBeacon(url: string, body: Blob): boolean } };
  for (const type of ["text/plain", "application/json"]) navigator.sendBeacon(url, new Blob([body], { type }));
  return Object.fromEntries(await Promise.all(tried));
}

/** Runs in the page: a form whose text/plain body is JSON to whoever does not look at its type. */
function postForm({ url, creation, target }: { url: string; creation: string; target: string }): void {
  interface Element {
    append(...children: Element[]): void;
    submit(): void;
  }
  const { document } = globalThis as unknown as {
    document: { body: Element; createElement(name: string): Element };
  };
  const make = (name: string, properties: object) => Object.assign(document.createElement(name), properties);
  const [name, value] = JSON.stringify({ query: creation, rest: "=" }).split("=", 2) as [string, string];
  const form = make("form", { action: url, method: "POST", enctype: "text/plain", target });
  form.append(make("input", { name, value }));
  document.body.append(make("iframe", { name: "frame" }), form);
  // Not before this has answered: the tab may be about to leave.
  setTimeout(() => form.submit());
}
