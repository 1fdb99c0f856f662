/** The first steps of a newcomer: they stand in the editor when the page opens. */
const firstQuery = `# Sign in. With SMS_PROVIDER=console the code is a line
# of the server's output:
# {"msg":"sms","to":"+15551234567","code":"123456"}
mutation Start($phone: String!) {
  startVerification(input: { phone: $phone }) {
    phone
    expiresAt
  }
}

# Put the code into the variables below and run this one.
mutation Confirm($phone: String!, $code: String!) {
  confirmVerification(
    input: { phone: $phone, code: $code }
  ) {
    accessToken
    expiresAt
  }
}

# Paste the access token under Headers:
# { "authorization": "Bearer <access token>" }
query Me {
  me {
    id
    phone
    organizations {
      id
      name
      role
    }
  }
}
`;

const firstVariables = `{
  "phone": "+1 555 123 4567",
  "code": ""
}
`;

/** What is typed here can hold codes, tokens and secrets: no storage, no history, no kept headers. */
const forgetfulStorage = { length: 0, getItem: () => null, setItem() {}, removeItem() {}, clear() {} };

/** Asks this server, and hands GraphiQL whatever JSON comes back: errors of the API are answers too. */
async function fetcher(operation, options) {
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
}

const { React, ReactDOM, GraphiQL } = globalThis;
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher,
    storage: forgetfulStorage,
    shouldPersistHeaders: false,
    defaultQuery: firstQuery,
    query: firstQuery,
    variables: firstVariables,
  }),
);
