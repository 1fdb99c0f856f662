import { describe, expect, it } from "vitest";
import { leaksIn } from "../system/support/leaks.js";
import { canariesIn } from "./table-dump.js";

describe("the search for canaries", () => {
  it("finds one wherever it begins in a text that is written as hex, base64, URL-safe base64 or percent-encoded", () => {
    for (const canary of ["canary-0123", "canary?~/ü+1", "+14155550123", "12345678"])
      for (const before of ["", "a", "ab", "abc", "abcd"])
        for (const after of ["", "z", "zy", "zyx"])
          for (const encoding of ["utf8", "hex", "base64", "base64url"] as const) {
            const text = Buffer.from(before + canary + after).toString(encoding);
            expect(canariesIn(`${encoding}: ${text}!`, [canary]), text).toEqual([canary]);
          }
    expect(canariesIn(`?q=${encodeURIComponent("canary?~/ü+1")}`, ["canary?~/ü+1"])).toHaveLength(1);
    expect(canariesIn(Buffer.from("canary-9123").toString("base64"), ["canary-0123"])).toEqual([]);
  });

  it("lets a canary stand exactly where its operation may answer it, and nowhere else", () => {
    const canary = { name: "secret", text: "canary-0123", answeredBy: ["chat.content", "POST /v1/chat/completions"] };
    const leaks = (operation: string, body: unknown, headers = "") =>
      leaksIn({ operation, headers, text: JSON.stringify(body) }, [canary]);
    const secret = ["so: canary-0123"];
    expect(leaks("mutation", { data: { chat: { content: secret } } })).toEqual([]);
    expect(leaks("POST /v1/chat/completions", { content: secret })).toEqual([]);
    expect(leaks("mutation", { data: { chat: { id: secret } } })).toEqual(["secret in chat.id"]);
    expect(leaks("mutation", { data: { chat: { contentType: secret } } })).toEqual(["secret in chat.contentType"]);
    expect(leaks("query", { data: { chatGuid: { content: secret } } })).toEqual(["secret in chatGuid.content"]);
    expect(leaks("query", { data: { chat: { "canary-0123": 1 } } })).toEqual(["secret in chat"]);
    expect(leaks("query", { data: { chat: null }, errors: [{ message: secret }] })).toEqual([
      "secret in errors.message",
    ]);
    expect(leaks("mutation", { data: { chat: { content: secret } } }, "x: canary-0123")).toEqual([
      "secret in headers of mutation",
    ]);
    expect(leaks("POST /v1/chat", secret)).toEqual(["secret in POST /v1/chat"]);
  });
});
