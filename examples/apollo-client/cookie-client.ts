import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { ErrorLink } from "@apollo/client/link/error";
import { type GraphQLFormattedError, OperationTypeNode } from "graphql";
import { from, mergeMap, throwError } from "rxjs";

/** After these the cookies are another's: a token asked for before is worth nothing beside them. */
const newCookies = /^(confirmVerification|connect)$/;

/** In the sentence by which the server refuses a mutation for its token alone. */
const unproven = /\bx-csrf-token\b/;

/**
 * An Apollo Client for a web page whose tokens stay in HTTP-only cookies: mutations carry `x-csrf-token`, and a request
 * that comes too late for its access token is sent again after one refresh, however many come at once. A mutation whose
 * `x-csrf-token` is good no longer, as after a change of the server's DATABASE_SALT, is sent again with a new one, once.
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
  const proveAgain = new ErrorLink(({ error, operation, forward }) => {
    if (!CombinedGraphQLErrors.is(error) || !isUnproven(error.errors)) return;
    session.forget();
    return forward(operation);
  });
  return new ApolloClient({
    link: ApolloLink.from([
      refreshOnce,
      proveAgain,
      forgetToken,
      showToken,
      new HttpLink({ uri, fetch, credentials: "include" }),
    ]),
    cache: new InMemoryCache(),
    defaultOptions: { query: { fetchPolicy: "network-only" }, mutate: { fetchPolicy: "no-cache" } },
  });
}

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

type Post = (query: string, headers?: Record<string, string>) => Promise<Answer>;

const isUnproven = (errors: readonly GraphQLFormattedError[] = []) =>
  errors.some(({ message, extensions }) => extensions?.code === "FORBIDDEN" && unproven.test(message));

function createSession(post: Post) {
  let token: Promise<string> | null = null;
  let refreshing: Promise<boolean> | null = null;
  const forget = () => {
    token = null;
  };
  const csrfToken = () => {
    token ??= post("{ csrfToken }").then(
      ({ data }) => String(data?.csrfToken),
      (error) => {
        forget();
        throw error;
      },
    );
    return token;
  };
  const refreshed = async () =>
    post("mutation { refreshSession { expiresAt } }", { "x-csrf-token": await csrfToken() });
  async function refreshOnce(): Promise<boolean> {
    const answer = await refreshed();
    if (!isUnproven(answer.errors)) return Boolean(answer.data);
    forget();
    return Boolean((await refreshed()).data);
  }
  return {
    csrfToken,
    forget,
    /** One at a time. @returns whether the session goes on */
    refresh: () => {
      refreshing ??= refreshOnce().finally(() => {
        refreshing = null;
      });
      return refreshing;
    },
  };
}
