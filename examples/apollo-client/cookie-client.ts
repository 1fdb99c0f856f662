import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { ErrorLink } from "@apollo/client/link/error";
import { OperationTypeNode } from "graphql";
import { from, mergeMap, throwError } from "rxjs";

/** After these the cookies are another's: a token asked for before is worth nothing beside them. */
const newCookies = /^(confirmVerification|connect)$/;

/**
 * An Apollo Client for a web page whose tokens stay in HTTP-only cookies: mutations carry `x-csrf-token`, and a request
 * that comes too late for its access token is sent again after one refresh, however many come at once.
 *
 * Sign in with `useCookies: true`. Secrets travel in mutations alone, and mutations never touch the cache.
 */
export function createCookieClient(url: string, fetch = globalThis.fetch): ApolloClient {
  const uri = `${url}/graphql`;
  const session = createSession((query, headers = {}) =>
    fetch(uri, {
      method: "POST",
      credentials: "include",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query }),
    }).then((response) => response.json() as ReturnType<Post>),
  );
  const showToken = new SetContextLink(async ({ headers }, { operationType }) =>
    operationType === OperationTypeNode.MUTATION
      ? { headers: { ...headers, "x-csrf-token": await session.csrfToken() } }
      : { headers },
  );
  const forgetToken = new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      mergeMap((result) => {
        if (Object.keys(result.data ?? {}).some((field) => newCookies.test(field))) session.forget();
        return [result];
      }),
    ),
  );
  const refreshOnce = new ErrorLink(({ error, operation, forward }) => {
    const isLate = CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.code === "UNAUTHENTICATED";
    if (!isLate || operation.getContext().hasRefreshed) return;
    operation.setContext({ hasRefreshed: true });
    return from(session.refresh()).pipe(
      mergeMap((isAlive) => (isAlive ? forward(operation) : throwError(() => error))),
    );
  });
  return new ApolloClient({
    link: ApolloLink.from([refreshOnce, forgetToken, showToken, new HttpLink({ uri, fetch, credentials: "include" })]),
    cache: new InMemoryCache(),
    defaultOptions: { query: { fetchPolicy: "network-only" }, mutate: { fetchPolicy: "no-cache" } },
  });
}

type Post = (query: string, headers?: Record<string, string>) => Promise<{ data?: Record<string, unknown> | null }>;

function createSession(post: Post) {
  let token: Promise<string> | null = null;
  let refreshing: Promise<boolean> | null = null;
  const csrfToken = () => {
    token ??= post("{ csrfToken }").then(({ data }) => String(data?.csrfToken));
    return token;
  };
  async function refreshOnce(): Promise<boolean> {
    const headers = { "x-csrf-token": await csrfToken() };
    return Boolean((await post("mutation { refreshSession { expiresAt } }", headers)).data);
  }
  return {
    csrfToken,
    forget: () => {
      token = null;
    },
    /** One at a time. @returns whether the session goes on */
    refresh: () => {
      refreshing ??= refreshOnce().finally(() => {
        refreshing = null;
      });
      return refreshing;
    },
  };
}
