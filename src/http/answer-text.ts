import type { FormattedExecutionResult } from "graphql";
import { tooMuch } from "../services/errors.js";
import { isJsonLongerThan } from "../services/json-size.js";
import { mostBytes } from "../services/request-share.js";

/**
 * An answer's JSON, in place of one over 64 MiB its refusal. Measured before it is made: a value that was read once stands
 * in the answer under as many names as the query gives it, and making the text keeps everyone else waiting.
 */
export const answerText = (answer: FormattedExecutionResult): string =>
  `${JSON.stringify(isJsonLongerThan(mostBytes, answer) ? refusal : answer)}\n`;

const { code, message } = tooMuch();
const refusal: FormattedExecutionResult = { errors: [{ message, extensions: { code } }], data: null };
