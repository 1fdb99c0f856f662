import { createRequire } from "node:module";
import path from "node:path";

/** What the tests read of OpenAI's client; its own types come with its package, which is installed for tests alone. */
interface Message {
  readonly content: string | null;
  readonly tool_calls?: readonly ToolCall[];
}
interface ToolCall {
  readonly index?: number;
  readonly id?: string;
  readonly function: { readonly name?: string; readonly arguments: string };
}
interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}
export interface Completion {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly { readonly message: Message; readonly finish_reason: string }[];
  readonly usage?: Usage;
}
export interface Chunk {
  readonly choices: readonly {
    readonly delta: { readonly content?: string; readonly tool_calls?: readonly ToolCall[] };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Usage | null;
}
interface ChunkStream extends AsyncIterable<Chunk> {
  readonly controller: AbortController;
}
interface Model {
  readonly id: string;
  readonly owned_by: string;
}
type Request = Readonly<Record<string, unknown>>;

export interface OpenaiClient {
  readonly chat: {
    readonly completions: {
      create(request: Request & { readonly stream: true }, options?: { signal?: AbortSignal }): Promise<ChunkStream>;
      create(request: Request, options?: { signal?: AbortSignal }): Promise<Completion>;
    };
  };
  readonly models: {
    list(): Promise<{ readonly data: readonly Model[] }>;
    retrieve(id: string): Promise<Model>;
  };
}

/** An error as the client raises it. */
export interface OpenaiFailure extends Error {
  readonly status?: number;
  readonly code?: string;
  readonly type?: string;
  readonly headers?: Headers;
  readonly error?: Readonly<Record<string, unknown>>;
}
type FailureClass = abstract new (...args: never[]) => OpenaiFailure;

interface OpenaiPackage {
  readonly default: new (options: object) => OpenaiClient;
  readonly APIError: FailureClass;
  readonly APIUserAbortError: FailureClass;
  readonly AuthenticationError: FailureClass;
  readonly BadRequestError: FailureClass;
  readonly InternalServerError: FailureClass;
  readonly NotFoundError: FailureClass;
  readonly PermissionDeniedError: FailureClass;
  readonly RateLimitError: FailureClass;
}

const peers = createRequire(path.join(import.meta.dirname, "..", "peers", "package.json"));

/** OpenAI's own client, as npm has it. */
export const openai = peers("openai") as OpenaiPackage;

/** With nothing changed but the base URL, and the headers that name organization and key. */
export const openaiClient = (
  url: string,
  token: string,
  organizationId: string | null,
  more: { readonly providerKeyId?: string; readonly maxRetries?: number } = {},
): OpenaiClient =>
  new openai.default({
    baseURL: `${url}/v1`,
    apiKey: token,
    maxRetries: more.maxRetries ?? 0,
    defaultHeaders: {
      ...(organizationId !== null && { "x-organization-id": organizationId }),
      ...(more.providerKeyId && { "x-provider-key-id": more.providerKeyId }),
    },
  });

/** What a promise was rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<OpenaiFailure> {
  return promise.then(
    () => {
      throw new Error("This was expected to fail, and did not.");
    },
    (error: OpenaiFailure) => error,
  );
}

/** All of a stream, its text put together. */
export async function readStream(
  stream: AsyncIterable<Chunk>,
): Promise<{ readonly chunks: Chunk[]; readonly text: string }> {
  const chunks: Chunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { chunks, text: chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("") };
}
