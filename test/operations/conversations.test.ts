import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aMessageInput, ingestBody, post, signedHeaders } from "../support/relay-requests.js";
import { newPhone, type Person, startTestServer, type TestServer } from "../support/server.js";

interface Page<Node> {
  readonly nodes: Node[];
  readonly edges: { readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly endCursor: string | null;
  };
}
interface MessageAnswer {
  readonly sender: string;
  readonly text: string;
  readonly sentAt: string;
  readonly direction: string;
}
interface ConversationAnswer {
  readonly id: string;
  readonly chatGuid: string;
  readonly mode: string;
  readonly participants: string[];
  readonly lastMessageAt: string;
  readonly messages: Page<MessageAnswer>;
}

const page = "edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor }";
const query = `query($first: Int! = 50, $after: String, $messages: Int! = 50, $messagesAfter: String) {
  conversations(first: $first, after: $after) {
    ${page}
    nodes {
      id chatGuid mode participants lastMessageAt
      messages(first: $messages, after: $messagesAfter) { ${page} nodes { id sender text sentAt direction } }
    }
  }
}`;

describe("conversations", () => {
  let test: TestServer;
  let ann: Person;
  let stranger: Person;
  const phone = newPhone();
  beforeAll(async () => {
    test = await startTestServer();
    for (const chat of [1, 2, 3])
      for (const message of [1, 2, 3])
        await ingest({
          chatGuid: `canary chat ${chat}`,
          mode: "GROUP",
          text: `message ${message} of ${chat}`,
          timestamp: 1_760_000_000 + chat + message / 10,
          participants: [phone, "ann@example.com", "a handle"],
        });
    ann = await test.signIn(phone);
    stranger = await test.signIn();
  });
  afterAll(() => test.close());

  async function ingest(input: object) {
    const body = ingestBody(input);
    const { code, text } = await post(test.url, body, signedHeaders(body));
    if (code) throw new Error(text);
  }
  const ask = (person: Person | null, variables: Record<string, unknown> = {}) =>
    test.graphql<{ conversations: Page<ConversationAnswer> }>(query, variables, { token: person?.token });

  it("shows a user who signed up later what their phone took part in: newest first, messages oldest first", async () => {
    const { data, text } = await ask(ann);
    expect(data.conversations.nodes.map((one) => one.messages.nodes.map((message) => message.text)[0])).toEqual([
      "message 1 of 3",
      "message 1 of 2",
      "message 1 of 1",
    ]);
    const [newest] = data.conversations.nodes;
    expect(newest).toMatchObject({
      chatGuid: "••••••••",
      mode: "GROUP",
      lastMessageAt: new Date(1_760_000_003_300).toISOString(),
    });
    expect(newest?.messages.nodes[1]).toMatchObject({
      sender: "+1••••••••00",
      text: "message 2 of 3",
      sentAt: new Date(1_760_000_003_200).toISOString(),
      direction: "INBOUND",
    });
    for (const hidden of [phone, aMessageInput.sender, "canary chat", "ann@", "a handle"])
      expect(text).not.toContain(hidden);
  });

  it("masks participants as phones, addresses, or altogether", async () => {
    const { data } = await ask(ann);
    const [newest] = data.conversations.nodes;
    expect(newest?.participants).toEqual([
      `+1••••••••${phone.slice(-2)}`,
      "a••••••••@example.com",
      "••••••••",
      "+1••••••••00",
    ]);
  });

  it("shows nothing to a stranger, and is UNAUTHENTICATED for whoever is not signed in", async () => {
    expect((await ask(stranger)).data.conversations).toMatchObject({
      nodes: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    });
    expect((await ask(null)).code).toBe("UNAUTHENTICATED");
  });

  it("pages through conversations and through messages without gap or repeat", async () => {
    const first = (await ask(ann, { first: 2, messages: 2 })).data.conversations;
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const second = (await ask(ann, { first: 2, after: first.pageInfo.endCursor })).data.conversations;
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(new Set([...first.nodes, ...second.nodes].map(({ id }) => id)).size).toBe(3);

    const messages = first.nodes[0]?.messages;
    expect(messages?.pageInfo.hasNextPage).toBe(true);
    const rest = (await ask(ann, { first: 1, messagesAfter: messages?.pageInfo.endCursor })).data.conversations;
    expect(rest.nodes[0]?.messages.nodes.map(({ text }) => text)).toEqual(["message 3 of 3"]);
  });

  it("refuses a page of none or over 500, and a cursor that it did not make", async () => {
    const cases: [Record<string, unknown>, string][] = [
      [{ first: 0 }, "first"],
      [{ first: 501 }, "first"],
      [{ after: "nonsense" }, "after"],
      [{ messages: 501 }, "first"],
      [{ messagesAfter: Buffer.from('["2025-10-09T00:00:00Z","x"]').toString("base64url") }, "after"],
    ];
    for (const [variables, field] of cases) {
      const { code, errors } = await ask(ann, variables);
      expect([code, errors[0]?.extensions?.field]).toEqual(["BAD_USER_INPUT", field]);
    }
  });
});
