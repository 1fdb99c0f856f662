import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./page.css";
import { GraphiQL, type GraphiQLProps } from "graphiql";
import { createRoot } from "react-dom/client";
import { firstQuery, firstVariables } from "./first-query.js";

/** Asks this server, and hands GraphiQL whatever JSON comes back: errors of the API are answers too. */
const fetcher: GraphiQLProps["fetcher"] = async (operation, options) => {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9",
      "content-type": "application/json",
      ...options?.headers,
    },
    body: JSON.stringify(operation),
  });
  return answer.json();
};

/** What is typed here can hold codes, tokens and secrets: no storage, no history, no kept headers. */
const forgetfulStorage: GraphiQLProps["storage"] = {
  length: 0,
  getItem: () => null,
  setItem() {},
  removeItem() {},
  clear() {},
};

function Page() {
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={forgetfulStorage}
      plugins={[]}
      shouldPersistHeaders={false}
      defaultQuery={firstQuery}
      initialQuery={firstQuery}
      initialVariables={firstVariables}
    />
  );
}

const root = document.getElementById("graphiql");
if (root) createRoot(root).render(<Page />);
