import { isObject, type JsonObject, objectsOf, textOf } from "./outside/model-providers/chat-shapes.js";

/** What a piece of an answer, or a whole one, says. */
export interface Words {
  readonly answer: string;
  /** What was thought before it, where the provider shows that. */
  readonly thought: string;
}

/** @param said `delta` or `message` of a choice; what it is called and who speaks are no words of it */
export function wordsOf(said: JsonObject): Words {
  const { content, refusal, tool_calls: calls, function_call: call, audio } = said;
  const parts = objectsOf(content);
  const isThinking = ({ type }: JsonObject) => type === "thinking" || type === "reasoning";
  const answer = [
    textOf(content),
    ...parts.filter((part) => !isThinking(part)).map((part) => textOf(part.text)),
    textOf(refusal),
    ...objectsOf(calls).map((one) => calledBy(one.function ?? one.custom)),
    calledBy(call),
    // Sound is counted by the piece: of its tokens its bytes say nothing.
    isObject(audio) ? textOf(audio.transcript) || "." : "",
  ];
  const thought = [textOf(said.reasoning_content), textOf(said.reasoning), ...parts.filter(isThinking).map(textIn)];
  return { answer: answer.join(""), thought: thought.join("") };
}

const calledBy = (called: unknown) =>
  isObject(called) ? textOf(called.name) + textOf(called.arguments) + textOf(called.input) : "";

/** Mistral's thinking is a list of parts. */
const textIn = ({ thinking, text }: JsonObject) =>
  textOf(thinking) +
  textOf(text) +
  objectsOf(thinking)
    .map((part) => textOf(part.text))
    .join("");
