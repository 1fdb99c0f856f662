import { type Behaviour, beginStream, openaiChunk, pause, sendEvent, sendJson } from "./model-upstream.js";

/** Milliseconds until the first token of a model that thinks. */
export const thinkingMilliseconds = 50;

/** Thinks for a moment, then says ten words at once. */
export const thinking: Behaviour = async ({ body }, response) => {
  await pause(thinkingMilliseconds);
  beginStream(response);
  for (let word = 0; word < 10; word++) sendEvent(response, openaiChunk(body.model, { content: "word " }));
  sendEvent(response, openaiChunk(body.model, {}, "stop"));
  sendEvent(response, "[DONE]");
  response.end();
};

/** Says a word every 50 ms, as many as it may. */
export const ticking: Behaviour = async ({ body }, response) => {
  beginStream(response);
  for (let word = 0; word < Number(body.max_tokens) && !response.destroyed; word++) {
    sendEvent(response, openaiChunk(body.model, { content: `word ${word} ` }));
    await pause(50);
  }
  sendEvent(response, openaiChunk(body.model, {}, "stop"));
  sendEvent(response, "[DONE]");
  response.end();
};

/**
 * Says the key that it was asked with, a letter at a time and at every place where an answer can have a text, with log
 * probabilities, and breaks off before the last letter. Like some servers it gives an empty reason until it ends.
 */
export const babbling: Behaviour = ({ body, key }, response) => {
  const entry = (text: string) => ({ token: text, logprob: -0.1, bytes: [...Buffer.from(text)] });
  const probabilities = (texts: readonly string[]) => ({
    content: texts.map((text) => ({ ...entry(text), top_logprobs: [entry(text)] })),
    refusal: null,
  });
  const said = [...key.slice(0, -1)];
  const tool = (text: string) => ({
    index: 0,
    id: "call_1",
    type: "function",
    function: { name: text, arguments: text },
  });
  if (!body.stream) {
    const message = { role: "assistant", content: said.join(""), tool_calls: [tool(said.join(""))] };
    const choice = { index: 0, message, logprobs: probabilities(said), finish_reason: "length" };
    return sendJson(response, { ...openaiChunk(body.model, {}), object: "chat.completion", choices: [choice] });
  }
  beginStream(response);
  const send = (choice: object) =>
    sendEvent(response, { ...openaiChunk(body.model, {}), choices: [{ index: 0, finish_reason: "", ...choice }] });
  for (const text of ["It ", "is ", ...said])
    send({
      delta: { content: text, reasoning_content: text, tool_calls: [tool(text)], function_call: { arguments: text } },
      logprobs: probabilities([text]),
    });
  send({ delta: {}, finish_reason: "length" });
  sendEvent(response, "[DONE]");
  return response.end();
};
