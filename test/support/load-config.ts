import { type Config, completeSecrets, type Environment, readSettings } from "../../src/config.js";

/** The configuration that an environment comes to, over one data directory. */
export const loadConfig = (environment: Environment, dataDirectory: string): Config =>
  completeSecrets(readSettings(environment), dataDirectory);
