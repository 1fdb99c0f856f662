import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import type { Page } from "./page-server.js";

/** What runs in the browser of browser.test.ts: a single-page application as somebody would write it for cookies. */
function createPage(api: string): Page {
  let csrfToken = "";
  const showCsrfToken = new SetContextLink(({ headers }) => ({
    headers: { ...headers, ...(csrfToken && { "x-csrf-token": csrfToken }) },
  }));
  const client = new ApolloClient({
    link: ApolloLink.from([showCsrfToken, new HttpLink({ uri: `${api}/graphql`, credentials: "include" })]),
    cache: new InMemoryCache(),
    defaultOptions: { query: { fetchPolicy: "network-only" } },
  });
  const settled = async (answer: Promise<{ data?: unknown }>) => {
    try {
      return { data: (await answer).data ?? null, error: null };
    } catch (error) {
      const { errors, message } = error as { errors?: { extensions: { code: string } }[]; message: string };
      return { data: null, error: errors?.[0]?.extensions.code ?? message };
    }
  };
  return {
    query: (query, variables = {}) => settled(client.query({ query: gql(query), variables })),
    mutate: (mutation, variables = {}) => settled(client.mutate({ mutation: gql(mutation), variables })),
    async learnCsrfToken() {
      const { data } = await client.query<{ csrfToken: string }>({ query: gql("{ csrfToken }") });
      csrfToken = data?.csrfToken ?? "";
      return csrfToken;
    },
    cache: () => JSON.stringify(client.cache.extract()),
  };
}

Object.assign(globalThis, { createPage });
