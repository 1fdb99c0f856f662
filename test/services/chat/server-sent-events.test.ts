import { describe, expect, it } from "vitest";
import {
  type ServerSentData,
  serverSentData,
} from "../../../src/services/outside/model-providers/server-sent-events.js";

async function read(pieces: readonly (string | Uint8Array)[]): Promise<ServerSentData[]> {
  const all: ServerSentData[] = [];
  const bytes = (async function* () {
    for (const piece of pieces) yield typeof piece === "string" ? Buffer.from(piece) : piece;
  })();
  for await (const data of serverSentData(bytes)) all.push(data);
  return all;
}

describe("server-sent events", () => {
  const stream =
    'event: a\nid: 1\ndata: {"x":"日本"}\n\n: here\n\ndata:two\ndata: lines\n\nretry: 5\n\ndata: [DONE]\n\n';
  const expected = ['{"x":"日本"}', null, "two\nlines", "[DONE]"];

  it("are the same however their bytes are cut", async () => {
    const bytes = Buffer.from(stream);
    for (let size = 1; size <= bytes.length; size++) {
      const pieces = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      expect(await read(pieces), `pieces of ${size}`).toEqual(expected);
    }
  });

  it("may end their lines in any of the three ways, also where the two letters of one come apart", async () => {
    for (const end of ["\r\n", "\r"]) {
      const text = stream.replaceAll("\n", end);
      expect(await read([text])).toEqual(expected);
      expect(await read([...text].map((letter) => letter))).toEqual(expected);
    }
  });

  it("are told of the moment they are whole", async () => {
    const seen: ServerSentData[] = [];
    const bytes = (async function* () {
      yield Buffer.from("data: one\n\ndata: tw");
      expect(seen).toEqual(["one"]);
      yield Buffer.from("o\n\n");
      expect(seen).toEqual(["one", "two"]);
    })();
    for await (const data of serverSentData(bytes)) seen.push(data);
  });

  it("count the last one without an empty line behind it", async () => {
    expect(await read(["data: one\n\ndata: last"])).toEqual(["one", "last"]);
  });

  it("are refused beyond all bounds", async () => {
    const megabyte = "x".repeat(1024 * 1024);
    await expect(read(["data: ", ...Array.from({ length: 20 }, () => megabyte)])).rejects.toThrow("understood");
    await expect(read(Array.from({ length: 20 }, () => `data: ${megabyte}\n`))).rejects.toThrow("understood");
  });
});
