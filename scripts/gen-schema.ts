import { printSdl } from "../src/directives/print-sdl.js";
import { buildCloakroomSchema } from "../src/schema.js";
import { type GeneratedFiles, isCommand, writeGenerated } from "./generated-files.js";

/** The emitted SDL, applied directives included. */
export async function generateSchema(): Promise<GeneratedFiles & { readonly "schema.graphql": string }> {
  return { "schema.graphql": printSdl(await buildCloakroomSchema()) };
}

if (isCommand(import.meta.url)) writeGenerated(await generateSchema());
