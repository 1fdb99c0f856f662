import { describe, expect, it } from "vitest";
import { type ChatMeter, createChatMeter } from "../../../src/services/chat-meter.js";
import { ClientGone } from "../../../src/services/client-gone.js";
import { anthropicEvents } from "../../../src/services/outside/model-providers/anthropic-events.js";
import { usageOf } from "../../../src/services/outside/model-providers/chat-shapes.js";
import { cutOff, errorInStream, unreachable } from "../../../src/services/outside/model-providers/upstream-error.js";

const request = { model: "m", messages: [{ role: "user", content: "one two three" }], max_tokens: 900 };
const delta = (said: object, more: object = {}) => ({ choices: [{ index: 0, delta: said }], ...more });
const role = delta({ role: "assistant", content: "" });
const usage = (prompt_tokens: number, completion_tokens: number, total_tokens?: number) => ({
  usage: { prompt_tokens, completion_tokens, total_tokens },
});

function meterOf(...chunks: object[]) {
  return read(createChatMeter(request, false), chunks);
}
function budgetedMeterOf(...chunks: object[]) {
  return read(createChatMeter(request, true), chunks);
}
function read(meter: ChatMeter, chunks: readonly object[]) {
  for (const chunk of chunks) meter.read(chunk as Record<string, unknown>);
  return meter;
}
const left = (...chunks: object[]) => meterOf(...chunks).failed(new ClientGone()).tokens;

describe("what a provider counted", () => {
  it("is its output, and with it what stands in the total alone: thinking at xAI and Google", () => {
    expect(usageOf(usage(32, 9, 135))).toEqual({ inputTokens: 32, outputTokens: 103 });
    expect(usageOf(usage(32, 9, 41))).toEqual({ inputTokens: 32, outputTokens: 9 });
    expect(usageOf(usage(32, 9, 0))).toEqual({ inputTokens: 32, outputTokens: 9 });
    expect(usageOf(usage(32, 9))).toEqual({ inputTokens: 32, outputTokens: 9 });
    expect(usageOf({ usage: { completion_tokens: 9, total_tokens: 41 } })).toEqual({
      inputTokens: null,
      outputTokens: 9,
    });
  });

  it("counts, and where it counted nothing, four bytes are a token", () => {
    expect(meterOf(role, delta({ content: "word " }), { choices: [], ...usage(11, 3, 14) }).spent()).toEqual({
      inputTokens: 11,
      outputTokens: 3,
    });
    const words = { choices: [{ message: { content: "x".repeat(400) } }] };
    expect(meterOf({ ...words, ...usage(11, 0, 11) }).spent()).toEqual({ inputTokens: 11, outputTokens: 100 });
    for (const more of [{}, usage(0, 0, 0)]) {
      const { inputTokens, outputTokens } = meterOf({
        choices: [{ message: { content: "x".repeat(400) } }],
        ...more,
      }).spent();
      expect(outputTokens).toBe(100);
      expect(inputTokens).toBeGreaterThan(3);
    }
  });
});

describe("a stream that is left", () => {
  it("counts what came of it, also where a count that ran along was behind", () => {
    const words = Array.from({ length: 20 }, () => delta({ content: "word " }, usage(0, 0, 0)));
    expect(left(role, ...words)).toMatchObject({ outputTokens: 25 });
    expect(left(role, ...words, delta({ content: "." }, usage(11, 7, 18)))).toEqual({
      inputTokens: 11,
      outputTokens: 26,
    });
    expect(left(role, ...words, delta({ content: "." }, usage(11, 70, 81)))).toEqual({
      inputTokens: 11,
      outputTokens: 70,
    });
    expect(left(role, delta({ tool_calls: [{ index: 0, function: { arguments: "{}" } }] })).outputTokens).toBe(1);
  });

  it.each([
    ["nothing came", []],
    ["the role alone came", [role]],
    ["thoughts alone came", [role, delta({ reasoning_content: "Hm." }), delta({ reasoning: "Hm." })]],
    ["thoughts alone came, as parts", [delta({ content: [{ type: "thinking", thinking: [{ text: "Hm." }] }] })]],
  ])("before its answer begins counts all that was allowed: %s", (_, chunks) => {
    expect(left(...chunks).outputTokens).toBe(900);
    expect(meterOf(...chunks).failed(cutOff()).tokens.outputTokens).toBe(900);
  });

  it("by the provider, which says that it failed, is not charged for more than came", () => {
    const overloaded = errorInStream({ error: { type: "overloaded_error" } });
    expect(meterOf(role).failed(overloaded)).toMatchObject({ outcome: "UPSTREAM_ERROR", tokens: { outputTokens: 0 } });
  });
});

describe("where tokens are limited, a stream that is left", () => {
  const finish = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
  const words = [role, ...Array.from({ length: 20 }, () => delta({ content: "word " }))];

  it.each([
    ["after a word", words],
    ["though a count ran along", [...words, delta({ content: "." }, usage(11, 7, 18))]],
    ["after its last word, but before its count", [...words, finish]],
  ])("counts all that was allowed, since thinking may have been unseen: %s", (_, chunks) => {
    expect(budgetedMeterOf(...chunks).failed(new ClientGone())).toMatchObject({
      outcome: "ABORTED",
      tokens: { outputTokens: 900 },
    });
    expect(budgetedMeterOf(...chunks).failed(cutOff()).tokens.outputTokens).toBe(900);
  });

  it("counts what came where that is more, and nothing where nothing was sent", () => {
    const much = delta({ content: "x".repeat(8_000) });
    expect(budgetedMeterOf(role, much).failed(new ClientGone()).tokens.outputTokens).toBe(2_000);
    expect(budgetedMeterOf().failed(unreachable()).tokens).toEqual({ inputTokens: 0, outputTokens: 0 });
  });

  it("counts what the provider did where its last count had come", () => {
    for (const last of [[{ ...finish, ...usage(11, 30, 41) }], [finish, { choices: [], ...usage(11, 30, 41) }]])
      expect(budgetedMeterOf(...words, ...last).failed(new ClientGone()).tokens).toEqual({
        inputTokens: 11,
        outputTokens: 30,
      });
  });

  it("has had its last count only when all its choices are over", () => {
    const second = { index: 1, delta: {}, finish_reason: "length" };
    const meter = createChatMeter({ ...request, n: 2 }, true);
    read(meter, [...words, { ...finish, ...usage(11, 30, 41) }]);
    expect(meter.failed(new ClientGone()).tokens.outputTokens).toBe(1_800);
    read(meter, [{ choices: [second], ...usage(11, 70, 81) }]);
    expect(meter.failed(new ClientGone()).tokens.outputTokens).toBe(70);
  });

  it("by the provider, which says that it failed, is not charged for more than came", () => {
    const overloaded = errorInStream({ error: { type: "overloaded_error" } });
    expect(budgetedMeterOf(...words).failed(overloaded).tokens.outputTokens).toBe(25);
  });
});

describe("a stream of Anthropic's that is left", () => {
  const start = { type: "message_start", message: { id: "m", usage: { input_tokens: 25, output_tokens: 1 } } };
  const thinks = (thinking: string) => ({
    type: "content_block_delta",
    index: 0,
    delta: { type: "thinking_delta", thinking },
  });
  const says = (text: string) => ({ type: "content_block_delta", index: 1, delta: { type: "text_delta", text } });

  async function leftAfter(...events: object[]) {
    const meter = createChatMeter(request, false);
    async function* pieces() {
      yield Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
    }
    const shown: unknown[] = [];
    try {
      for await (const event of anthropicEvents(pieces()))
        if (event.kind === "chunk") {
          meter.read(event.chunk);
          shown.push(event.chunk);
        } else if (event.hidden) meter.readHidden(event.hidden);
    } catch {}
    expect(JSON.stringify(shown)).not.toContain("usage");
    expect(JSON.stringify(shown)).not.toContain("Hm.");
    return meter.failed(new ClientGone()).tokens;
  }

  it("counts the input that was counted at its beginning, and the thinking that nobody is shown", async () => {
    expect(await leftAfter(start)).toEqual({ inputTokens: 25, outputTokens: 900 });
    expect(await leftAfter(start, thinks("Hm."))).toEqual({ inputTokens: 25, outputTokens: 900 });
    expect(await leftAfter(start, thinks("Hm. ".repeat(100)), says("Yes."))).toEqual({
      inputTokens: 25,
      outputTokens: 101,
    });
    const hidden = {
      type: "content_block_start",
      index: 0,
      content_block: { type: "redacted_thinking", data: "x".repeat(80) },
    };
    expect(await leftAfter(start, hidden, says("Yes."))).toEqual({ inputTokens: 25, outputTokens: 21 });
  });
});
