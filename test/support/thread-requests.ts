import type { TestServer } from "./server.js";

export interface AccountAnswer {
  readonly connectedAt: string;
  readonly durable: boolean;
  readonly credentials: { readonly name: string; readonly value: string; readonly updatedAt: string }[];
  readonly thread: ProgressAnswer | null;
}

export interface ProgressAnswer {
  readonly threadUrl: string | null;
  readonly currentDay: number;
  readonly progress: object;
  readonly updatedAt: string;
}

const progress = "threadUrl currentDay progress updatedAt";
const account = `connectedAt durable credentials { name value updatedAt } thread { ${progress} }`;

/** The four thread operations as a client sends them; `session` null sends no header. */
export function threadRequests({ graphql }: TestServer) {
  const headers = (session: string | null): { headers: Record<string, string> } => ({
    headers: session === null ? {} : { "x-thread-session": session },
  });
  return {
    connect: (session: string | null, credentials: object[]) =>
      graphql<{ connect: { threadSession: string | null; account: AccountAnswer } }>(
        `mutation($input: ConnectInput!) { connect(input: $input) { threadSession account { ${account} } } }`,
        { input: { credentials } },
        headers(session),
      ),
    connectedAccount: (session: string | null) =>
      graphql<{ connectedAccount: AccountAnswer | null }>(`{ connectedAccount { ${account} } }`, {}, headers(session)),
    saveThread: (session: string | null, input: object) =>
      graphql<{ saveThread: ProgressAnswer }>(
        `mutation($input: SaveThreadInput!) { saveThread(input: $input) { ${progress} } }`,
        { input },
        headers(session),
      ),
    disconnect: (session: string | null, input?: object) =>
      graphql<{ disconnect: { disconnected: boolean; credentialsDeleted: number } }>(
        "mutation($input: DisconnectInput) { disconnect(input: $input) { disconnected credentialsDeleted } }",
        { input },
        headers(session),
      ),
  };
}
