import { type Behaviour, beginStream, openaiChunk, pause, sendEvent } from "./model-upstream.js";

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
