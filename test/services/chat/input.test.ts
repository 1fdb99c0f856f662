import { describe, expect, it } from "vitest";
import { replyOf } from "../../../src/services/chat-input.js";

const said = (message: object) => replyOf({ choices: [{ index: 0, message, finish_reason: "stop" }] }, "m").content;

describe("the content of a reply", () => {
  it.each([
    ["text", { content: "Yes." }, "Yes."],
    [
      "the text of parts, without what was thought before",
      {
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "Hm." }] },
          { type: "reasoning", text: "Hm." },
          { type: "text", text: "Yes, " },
          { type: "text", text: "it is." },
        ],
      },
      "Yes, it is.",
    ],
    ["a refusal", { content: null, refusal: "I may not." }, "I may not."],
    ["a refusal among parts", { content: [{ type: "refusal", refusal: "I may not." }] }, "I may not."],
    ["nothing where the model calls a tool", { content: null, tool_calls: [{ function: { name: "f" } }] }, ""],
    ["nothing where there is only sound", { content: null, audio: { data: "AAAA" } }, ""],
    ["nothing", {}, ""],
  ])("is %s", (_, message, content) => {
    expect(said(message)).toBe(content);
  });
});
