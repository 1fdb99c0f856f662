import { describe, expect, it } from "vitest";
import { likelyInputTokens, tokensToReserve } from "../../../src/services/chat-weight.js";

const ask = (content: unknown, more: object = {}) => ({ model: "m", messages: [{ role: "user", content }], ...more });
const part = (value: object) => ask([value], { max_tokens: 1 });

describe("the tokens set aside for a request", () => {
  const text = "𒐫".repeat(1000);
  const short = { max_tokens: 1 };

  it("are never fewer than its text can have, and as many as the answer may take", () => {
    expect(tokensToReserve(ask(text))).toBeGreaterThan(4000 + 4096);
    expect(tokensToReserve(ask("", { max_tokens: 10 }))).toBeLessThan(120);
    expect(tokensToReserve(ask("", { max_completion_tokens: 10, n: 4 }))).toBeGreaterThanOrEqual(40);
    expect(tokensToReserve(ask("", { max_tokens: 10, best_of: 40 }))).toBeGreaterThanOrEqual(400);
    expect(tokensToReserve(ask("", { max_completion_tokens: 10, max_tokens: 900 }))).toBeGreaterThanOrEqual(900);
    expect(tokensToReserve(ask("", { max_tokens: 2 ** 31 - 1, n: 9 }))).toBeLessThan(2 ** 31);
  });

  it.each([
    ["tools", { tools: [{ type: "function", function: { description: text } }] }],
    ["functions", { functions: [{ name: "f", description: text }] }],
    ["prediction", { prediction: { type: "content", content: text } }],
    ["response_format", { response_format: { type: "json_schema", json_schema: { schema: { title: text } } } }],
    ["a parameter of the provider's own", { guided_grammar: text }],
  ])("weigh %s too", (_, more) => {
    expect(tokensToReserve(ask("", { ...short, ...more }))).toBeGreaterThan(4000);
  });

  it("weigh text as text that only begins like data", () => {
    const disguised = `data:image/png;base64,${"A".repeat(4000)}`;
    expect(tokensToReserve(ask(disguised, short))).toBeGreaterThan(4000);
    expect(tokensToReserve(part({ type: "text", text: disguised }))).toBeGreaterThan(4000);
    expect(tokensToReserve(ask("", { ...short, prediction: { content: disguised } }))).toBeGreaterThan(4000);
    for (const url of [`data:${"word ".repeat(3000)}`, `data:text/plain;base64,${"A".repeat(15_000)}`])
      for (const weighed of [
        { type: "image_url", image_url: { url } },
        { type: "file", file: { file_data: url } },
      ])
        expect(tokensToReserve(part(weighed))).toBeGreaterThan(15_000);
  });

  const data = "A".repeat(1_000_000);
  it.each([
    ["an image", { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } }],
    ["an image as Mistral has it", { type: "image_url", image_url: `data:image/webp;base64,${data}` }],
    ["a file", { type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${data}` } }],
    ["a sound", { type: "input_audio", input_audio: { data, format: "mp3" } }],
    ["an image by its address", { type: "image_url", image_url: { url: "https://example.com/a.png" } }],
    ["a file by its id", { type: "file", file: { file_id: "file-1" } }],
    ["whatever else is no text", { type: "video", video: "https://example.com/a.mp4" }],
  ])("are 5,000 for %s", (_, media) => {
    expect(tokensToReserve(part(media))).toBeGreaterThanOrEqual(5_000);
    expect(tokensToReserve(part(media))).toBeLessThan(5_300);
    expect(likelyInputTokens(part(media))).toBeLessThan(5_100);
    expect(tokensToReserve(ask([media, media], short))).toBeGreaterThan(10_000);
  });

  it("are found in time for the longest requests, whatever their data looks like", () => {
    for (const url of [`data:image/png${";a".repeat(5_000_000)}`, `data:image/${"a".repeat(10_000_000)}`])
      expect(tokensToReserve(part({ type: "image_url", image_url: { url } }))).toBeGreaterThan(10_000_000);
  });
});
