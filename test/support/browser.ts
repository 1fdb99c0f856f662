import type { GraphqlAnswer, TestServer } from "./server.js";

export interface KeptCookie {
  readonly value: string;
  /** In lower case: `httponly`, `samesite=lax`, `max-age=…`. */
  readonly attributes: readonly string[];
}

/** What a browser does beside showing pages: it keeps cookies, sends them, and says which page asks. */
export function browserOf({ graphql, codeOf }: Pick<TestServer, "graphql" | "codeOf">) {
  const cookies = new Map<string, KeptCookie>();
  const cookieHeader = () => [...cookies].map(([name, { value }]) => `${name}=${value}`).join("; ");

  function keep(answer: GraphqlAnswer<unknown>): void {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
      const [, name = "", value = ""] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
      const given = attributes.map((attribute) => attribute.toLowerCase());
      if (given.includes("max-age=0")) cookies.delete(name);
      else cookies.set(name, { value, attributes: given });
    }
  }

  /** Without an x-csrf-token, unless `headers` has one. */
  async function bare<Data>(query: string, variables: Record<string, unknown> = {}, headers = {}) {
    const sent: Record<string, string> = cookies.size > 0 ? { cookie: cookieHeader() } : {};
    const answer = await graphql<Data>(query, variables, { headers: { ...sent, ...headers } });
    keep(answer);
    return answer;
  }

  const csrfToken = async () => (await bare<{ csrfToken: string }>("{ csrfToken }")).data.csrfToken;

  /** As a page of ours does: with a token that was asked for before. */
  async function ask<Data>(query: string, variables: Record<string, unknown> = {}, headers = {}) {
    return bare<Data>(query, variables, { "x-csrf-token": await csrfToken(), ...headers });
  }

  async function startVerification(phone: string): Promise<string> {
    const { code, text } = await ask(
      "mutation($phone: String!) { startVerification(input: { phone: $phone }) { phone } }",
      {
        phone,
      },
    );
    if (code) throw new Error(`startVerification: ${text}`);
    return codeOf(phone);
  }

  async function signIn(phone: string, input: object = {}) {
    const code = await startVerification(phone);
    return ask<{ confirmVerification: CookieSignIn }>(confirmation, {
      input: { phone, code, useCookies: true, ...input },
    });
  }

  return { cookies, cookieHeader, bare, ask, csrfToken, startVerification, signIn };
}

export type TestBrowser = ReturnType<typeof browserOf>;

export interface CookieSignIn {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly session: { readonly id: string; readonly rememberMe: boolean; readonly expiresAt: string };
  readonly user: { readonly id: string; readonly organizations: readonly { readonly id: string }[] };
}

const signedIn =
  "accessToken refreshToken expiresAt session { id rememberMe expiresAt } user { id organizations { id } }";
export const confirmation = `mutation($input: ConfirmVerificationInput!) { confirmVerification(input: $input) { ${signedIn} } }`;
export const refreshment = `mutation($input: RefreshSessionInput) { refreshSession(input: $input) { ${signedIn} } }`;
