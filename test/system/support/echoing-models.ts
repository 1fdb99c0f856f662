import { type Behaviour, beginStream, openaiChunk, sendEvent, sendJson } from "../../support/model-upstream.js";

/** What a provider does that says its key back in every field, header and piece of an answer. */
interface Behaviours {
  /** Whole or as a stream, each letter by itself. */
  readonly echo: Behaviour;
  /** 500, or in the middle of a stream. */
  readonly breaks: Behaviour;
  readonly fails: (status: number) => Behaviour;
}

const fails =
  (status: number): Behaviour =>
  ({ key }, response) => {
    const error = { type: `error with ${key}`, message: `wrong key ${key}`, code: key, param: key };
    return sendJson(response, { type: "error", error, request_id: key }, status, { "x-key": key, "request-id": key });
  };

const isStream = ({ body }: Parameters<Behaviour>[0]) => body.stream === true;

export function openaiBehaviours(answer: string): Behaviours {
  const usage = (key: string) => ({ prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, key });
  return {
    fails,
    echo(asked, response) {
      const { key } = asked;
      const content = `${answer} ${key}`;
      if (!isStream(asked)) {
        const choices = [{ index: 0, message: { role: "assistant", content, key }, finish_reason: "stop" }];
        return sendJson(response, { id: key, model: key, choices, usage: usage(key) }, 200, { key });
      }
      beginStream(response, { key });
      for (const letter of content) sendEvent(response, { ...openaiChunk(key, { content: letter }), id: key });
      sendEvent(response, { ...openaiChunk(key, {}, "stop"), key });
      sendEvent(response, "[DONE]");
      return response.end();
    },
    breaks(asked, response) {
      if (!isStream(asked)) return fails(500)(asked, response);
      beginStream(response);
      sendEvent(response, openaiChunk("house", { content: "It is " }));
      sendEvent(response, { error: { message: asked.key, type: asked.key, code: asked.key } });
      return response.end();
    },
  };
}

export function anthropicBehaviours(answer: string): Behaviours {
  const head = (key: string) => ({ id: key, type: "message", role: "assistant", model: key, stop_sequence: key });
  const usage = { input_tokens: 1, output_tokens: 1 };
  const begin: Behaviour = ({ key }, response) => {
    beginStream(response, { key });
    const message = { ...head(key), content: [], usage };
    sendEvent(response, { type: "message_start", message }, "message_start");
    const block = { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } };
    sendEvent(response, block, "content_block_start");
  };
  return {
    fails,
    echo(asked, response) {
      const text = `${answer} ${asked.key}`;
      if (!isStream(asked)) {
        const content = [{ type: "text", text }];
        return sendJson(response, { ...head(asked.key), content, stop_reason: "end_turn", usage }, 200, {
          key: asked.key,
        });
      }
      begin(asked, response);
      for (const letter of text) {
        const delta = { type: "text_delta", text: letter };
        sendEvent(response, { type: "content_block_delta", index: 0, delta }, "content_block_delta");
      }
      sendEvent(response, { type: "content_block_stop", index: 0 }, "content_block_stop");
      const delta = { stop_reason: "end_turn", stop_sequence: asked.key };
      sendEvent(response, { type: "message_delta", delta, usage: { output_tokens: 1 } }, "message_delta");
      sendEvent(response, { type: "message_stop" }, "message_stop");
      return response.end();
    },
    breaks(asked, response) {
      if (!isStream(asked)) return fails(500)(asked, response);
      begin(asked, response);
      sendEvent(response, { type: "error", error: { type: asked.key, message: asked.key } }, "error");
      return response.end();
    },
  };
}
