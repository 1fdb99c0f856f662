import { inspect } from "node:util";

const shown = "[plaintext]";

/**
 * A secret in the open, on its way through the server. Whatever prints it (a log line, an error, a template, JSON,
 * console.log) prints `[plaintext]`; only reveal() gives the value.
 */
export class Plaintext {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}
