import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";

/** What the holder of this client may show to the server. Kept in memory, in no cache and no storage. */
export interface Tickets {
  accessToken?: string;
  refreshToken?: string;
  threadSession?: string;
}

/**
 * An Apollo Client for one Cloakroom server. `tickets` is read anew for every request, so signing in is an assignment.
 *
 * Secrets travel in mutations alone, and mutations never touch the cache: the arguments of a query become keys of the
 * cache, and a cached answer outlives the moment for which it was revealed.
 */
export function createCloakroomClient(url: string, tickets: Tickets): ApolloClient {
  const showTickets = new SetContextLink(({ headers }) => ({
    headers: {
      ...headers,
      ...(tickets.accessToken && { authorization: `Bearer ${tickets.accessToken}` }),
      ...(tickets.threadSession && { "x-thread-session": tickets.threadSession }),
    },
  }));
  return new ApolloClient({
    link: ApolloLink.from([showTickets, new HttpLink({ uri: `${url}/graphql` })]),
    cache: new InMemoryCache(),
    defaultOptions: { query: { fetchPolicy: "network-only" }, mutate: { fetchPolicy: "no-cache" } },
  });
}
