import { isObject, type JsonObject, objectsOf, textOf } from "./outside/model-providers/chat-shapes.js";

/** What a piece of an answer, or a whole one, says. */
export interface Words {
  readonly answer: string;
  /** What was thought before it, where the provider shows that. */
  readonly thought: string;
}

/** @param said `delta` or `message` of a choice; what it is called and who speaks are no words of it */
export function wordsOf(said: JsonObject): Words {
  const { content, tool_calls: calls, function_call: call, audio } = said;
  const answer = [
    textSaid(said),
    ...objectsOf(calls).map((one) => calledBy(one.function ?? one.custom)),
    calledBy(call),
    // Sound is counted by the piece: of its tokens its bytes say nothing.
    isObject(audio) ? textOf(audio.transcript) || "." : "",
  ];
  const thought = [
    textOf(said.reasoning_content),
    textOf(said.reasoning),
    ...objectsOf(content).filter(isThinking).map(textIn),
  ];
  return { answer: answer.join(""), thought: thought.join("") };
}

/** What is said to whoever asked, also where it comes in parts or is a refusal; of tools and sound nothing. */
export function textSaid({ content, refusal }: JsonObject): string {
  const parts = objectsOf(content).filter((part) => !isThinking(part));
  return [textOf(content), ...parts.map((part) => textOf(part.text) + textOf(part.refusal)), textOf(refusal)].join("");
}

const isThinking = ({ type }: JsonObject) => type === "thinking" || type === "reasoning";

const calledBy = (called: unknown) =>
  isObject(called) ? textOf(called.name) + textOf(called.arguments) + textOf(called.input) : "";

/** Mistral's thinking is a list of parts. */
const textIn = ({ thinking, text }: JsonObject) =>
  textOf(thinking) +
  textOf(text) +
  objectsOf(thinking)
    .map((part) => textOf(part.text))
    .join("");
