import { describe, expect, it } from "vitest";
import { anthropicAnswer } from "../../../src/services/outside/model-providers/anthropic-answer.js";
import { anthropicEvents } from "../../../src/services/outside/model-providers/anthropic-events.js";
import { anthropicRequest } from "../../../src/services/outside/model-providers/anthropic-request.js";

const user = (content: unknown) => ({ role: "user", content });
const file = (data: string) => ({ type: "file", file: { file_data: data } });
const image = (url: string) => ({ type: "image_url", image_url: { url } });
const ask = (messages: object[], more: object = {}) =>
  anthropicRequest({ model: "claude", messages: messages as Record<string, unknown>[], ...more });

describe("a request in OpenAI's shape, for Anthropic", () => {
  it("carries images and PDF files, by data and by address", () => {
    const { messages } = ask([
      user([
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
        { type: "image_url", image_url: { url: "https://example.com/a.jpg", detail: "high" } },
        { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,BBBB" } },
      ]),
    ]);
    expect(messages).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
          { type: "image", source: { type: "url", url: "https://example.com/a.jpg" } },
          { type: "document", source: { type: "base64", media_type: "application/pdf", data: "BBBB" } },
        ],
      },
    ]);
  });

  it("puts system messages in front, and results of tools behind the turn that called them", () => {
    const called = (id: string, text: string) => ({ id, type: "function", function: { name: "f", arguments: text } });
    const { system, messages } = ask([
      { role: "system", content: "One." },
      user("Hi"),
      { role: "assistant", content: null, tool_calls: [called("a", '{"x":1}'), called("b", "")] },
      { role: "tool", tool_call_id: "a", content: "first" },
      { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "second" }] },
      user("Go on"),
      { role: "developer", content: "Two." },
    ]);
    expect(system).toEqual([
      { type: "text", text: "One." },
      { type: "text", text: "Two." },
    ]);
    const text = (text: string) => ({ type: "text", text });
    expect(messages).toEqual([
      { role: "user", content: [text("Hi")] },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "a", name: "f", input: { x: 1 } },
          { type: "tool_use", id: "b", name: "f", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: [text("first")] },
          { type: "tool_result", tool_use_id: "b", content: [text("second")] },
          text("Go on"),
        ],
      },
    ]);
  });

  it("says how tools may be used, what shape the answer has, and how much of it there may be", () => {
    const tools = [{ type: "function", function: { name: "f", strict: true } }];
    expect(ask([user("Hi")])).toMatchObject({ max_tokens: 4096 });
    expect(ask([user("Hi")], { max_completion_tokens: 7, max_tokens: 9 })).toMatchObject({ max_tokens: 7 });
    expect(ask([user("Hi")], { tools, tool_choice: { type: "function", function: { name: "f" } } })).toMatchObject({
      tools: [{ name: "f", input_schema: { type: "object", properties: {} }, strict: true }],
      tool_choice: { type: "tool", name: "f" },
    });
    expect(ask([user("Hi")], { tools, parallel_tool_calls: false }).tool_choice).toEqual({
      type: "auto",
      disable_parallel_tool_use: true,
    });
    expect(ask([user("Hi")], { tools, tool_choice: "none", parallel_tool_calls: false }).tool_choice).toEqual({
      type: "none",
    });
    const schema = { type: "object" };
    expect(
      ask([user("Hi")], {
        response_format: { type: "json_schema", json_schema: { name: "n", schema } },
        reasoning_effort: "low",
      }),
    ).toMatchObject({ output_config: { format: { type: "json_schema", schema }, effort: "low" } });
    expect(ask([user("Hi")], { seed: 1, logit_bias: {}, presence_penalty: 1, user: "u-1" })).toEqual({
      model: "claude",
      max_tokens: 4096,
      metadata: { user_id: "u-1" },
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    });
  });

  it("loses nothing that was said: strings among parts, refusals, Anthropic's own tools and choices", () => {
    const text = (text: string) => ({ type: "text", text });
    expect(ask([user(["Hi", text("there")])]).messages).toEqual([
      { role: "user", content: [text("Hi"), text("there")] },
    ]);
    const refusal = { role: "assistant", content: null, refusal: "I will not." };
    expect(ask([user("Hi"), refusal, user("Why?")]).messages).toEqual([
      { role: "user", content: [text("Hi")] },
      { role: "assistant", content: [text("I will not.")] },
      { role: "user", content: [text("Why?")] },
    ]);
    const own = { type: "web_search_20250305", name: "web_search" };
    const choice = { type: "tool", name: "web_search" };
    expect(ask([user("Hi")], { tools: [own], tool_choice: choice })).toMatchObject({
      tools: [own],
      tool_choice: choice,
    });
  });

  it("leaves out what says nothing: stops of white space, a format of text, no effort", () => {
    expect(ask([user("Hi")], { stop: ["\n", "END", " \t"] }).stop_sequences).toEqual(["END"]);
    for (const stop of ["\n\n", [" "], [], "", null])
      expect(ask([user("Hi")], { stop })).not.toHaveProperty("stop_sequences");
    const plain = { response_format: { type: "text" }, reasoning_effort: "none" };
    const defaults = { response_format: { type: "json_object" }, reasoning_effort: "", function_call: "auto" };
    expect(ask([user("Hi")], defaults)).toEqual(ask([user("Hi")], plain));
    expect(ask([user("Hi")], plain)).not.toHaveProperty("output_config");
    expect(ask([user("Hi")], { reasoning_effort: "minimal" })).toMatchObject({ output_config: { effort: "low" } });
  });

  it("leaves out top_p where it is the default: newer models take it or temperature, not both", () => {
    expect(ask([user("Hi")], { temperature: 0.2, top_p: 1 })).not.toHaveProperty("top_p");
    expect(ask([user("Hi")], { temperature: 1, top_p: 0.9 })).toMatchObject({ temperature: 1, top_p: 0.9 });
  });

  it("takes a PDF file by address, and one whose data says its name", () => {
    const source = (data: string) =>
      (ask([user([file(data)])]).messages as { content: { source: unknown }[] }[])[0]?.content[0]?.source;
    expect(source("https://example.com/a.pdf")).toEqual({ type: "url", url: "https://example.com/a.pdf" });
    expect(source("data:application/pdf;name=a.pdf;base64,BBBB")).toEqual({
      type: "base64",
      media_type: "application/pdf",
      data: "BBBB",
    });
  });

  it.each([
    ["n", [user("Hi")], { n: 2 }],
    ["functions", [user("Hi")], { functions: [{}] }],
    ["function_call", [user("Hi")], { function_call: { name: "f" } }],
    ["audio", [user("Hi")], { modalities: ["text", "audio"], audio: { voice: "alloy" } }],
    ["web_search_options", [user("Hi")], { web_search_options: {} }],
    ["response_format", [user("Hi")], { response_format: { type: "json_schema" } }],
    ["response_format", [user("Hi")], { response_format: { type: "json_schema", json_schema: { name: "n" } } }],
    ["reasoning_effort", [user("Hi")], { reasoning_effort: "constructor" }],
    ["tools", [user("Hi")], { tools: {} }],
    ["tools.1", [user("Hi")], { tools: [{ type: "function", function: { name: "f" } }, "g"] }],
    ["tool_choice", [user("Hi")], { tools: [{ function: { name: "f" } }], tool_choice: "constructor" }],
    ["tool_choice", [user("Hi")], { tools: [{ function: { name: "f" } }], tool_choice: { type: "allowed_tools" } }],
    ["messages", [{ role: "system", content: "Be brief." }], {}],
    ["messages", [user(""), user([]), user(null)], {}],
    ["messages.0.content.1", [user([{ type: "text", text: "Hi" }, 7])], {}],
    ["messages.0.function_call", [{ role: "assistant", content: null, function_call: { name: "f" } }], {}],
    ["messages.0.audio", [{ role: "assistant", audio: { id: "a" } }], {}],
    ["messages.0.tool_calls", [{ role: "assistant", tool_calls: {} }], {}],
    ["messages.0.tool_calls.0", [{ role: "assistant", tool_calls: [{ type: "custom", custom: { name: "f" } }] }], {}],
    ["messages.0.role", [{ role: "function", content: "x" }], {}],
    ["messages.0.content.0.type", [user([{ type: "input_audio", input_audio: {} }])], {}],
    ["messages.0.content.0.file.file_data", [user([file("data:text/plain;base64,AAAA")])], {}],
    ["messages.0.content.0.file.file_data", [user([file("data:application/pdf,AAAA")])], {}],
    ["messages.0.content.0.file.file_data", [user([file("JVBERi0xLjQK")])], {}],
    ["messages.0.content.0.image_url.url", [user([image("data:application/pdf;base64,AAAA")])], {}],
    ["messages.0.content.0.image_url.url", [user([image("iVBORw0KGgo=")])], {}],
    ["tools.0", [user("Hi")], { tools: [{ type: "custom", custom: { name: "f" } }] }],
    ["tools.0", [user("Hi")], { tools: [{ type: "function", name: "f", parameters: {} }] }],
    ["messages.0.content", [user(7)], {}],
    [
      "messages.0.tool_calls.0.function.arguments",
      [{ role: "assistant", tool_calls: [{ id: "a", function: { name: "f", arguments: "{" } }] }],
      {},
    ],
  ])("is refused at %s where Anthropic has no word for it", (field, messages, more) => {
    expect(() => ask(messages, more)).toThrow(
      expect.objectContaining({ code: "BAD_USER_INPUT", extensions: { field } }),
    );
  });
});

describe("an answer of Anthropic's, in OpenAI's shape", () => {
  it.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["max_tokens", "length"],
    ["tool_use", "tool_calls"],
    ["refusal", "content_filter"],
    ["something new", "stop"],
  ])("ends for the reason %s as %s", (reason, finish) => {
    const answer = anthropicAnswer({
      id: "m",
      model: "claude",
      content: [{ type: "text", text: "Hi" }],
      stop_reason: reason,
    });
    expect(answer).toMatchObject({ choices: [{ finish_reason: finish }] });
  });

  it("leaves thinking out, and gives a tool without parameters an empty object", async () => {
    const content = [
      { type: "thinking", thinking: "Hm." },
      { type: "tool_use", id: "t", name: "f", input: {} },
    ];
    expect(anthropicAnswer({ id: "m", model: "claude", content, stop_reason: "tool_use" }).choices).toEqual([
      {
        index: 0,
        message: {
          role: "assistant",
          content: null,
          refusal: null,
          tool_calls: [{ id: "t", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        logprobs: null,
        finish_reason: "tool_calls",
      },
    ]);
    const chunks = await chunksOf([
      { type: "message_start", message: { id: "m", model: "claude", usage: { input_tokens: 5, output_tokens: 1 } } },
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm." } },
      { type: "content_block_stop", index: 0 },
      { type: "content_block_start", index: 1, content_block: { type: "tool_use", id: "t", name: "f", input: {} } },
      { type: "content_block_stop", index: 1 },
      { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 4 } },
      { type: "message_stop" },
    ]);
    const calls = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(calls.map((call) => call.function.arguments).join("")).toBe("{}");
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 },
    });
  });

  it("counts tokens by the last count above zero: some servers end with zeros, or none", async () => {
    for (const ending of [{ input_tokens: 0 }, { input_tokens: null, cache_read_input_tokens: null }]) {
      const usage = { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 1 };
      const chunks = await chunksOf([
        { type: "message_start", message: { id: "m", model: "claude", usage } },
        { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 4, ...ending } },
        { type: "message_stop" },
      ]);
      expect(chunks.at(-1)).toMatchObject({ usage: { prompt_tokens: 7, completion_tokens: 4, total_tokens: 11 } });
    }
  });

  it("is an error where the stream reports one, breaks off, or is none", async () => {
    const start = { type: "message_start", message: { id: "m", model: "claude" } };
    const error = { type: "error", error: { type: "overloaded_error", message: "secret words" } };
    await expect(chunksOf([start, error])).rejects.toMatchObject({
      code: "UPSTREAM_ERROR",
      extensions: { status: 529, reason: "overloaded_error" },
    });
    await expect(chunksOf([start])).rejects.toThrow("The provider's answer was cut off.");
    await expect(chunksOf([])).rejects.toThrow("The provider's answer could not be understood.");
  });
});

interface Chunk {
  readonly choices: readonly { readonly delta: { readonly tool_calls?: { function: { arguments: string } }[] } }[];
}

async function chunksOf(events: readonly object[]): Promise<Chunk[]> {
  const text = events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join("");
  const chunks: Chunk[] = [];
  for await (const event of anthropicEvents(piecesOf(Buffer.from(text))))
    if (event.kind === "chunk") chunks.push(event.chunk as unknown as Chunk);
  return chunks;
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
