import { generateDocuments } from "../codegen.js";
import { generateContract } from "./gen-contract.js";
import { renderEnvExample } from "./gen-env.js";
import { generateSchema } from "./gen-schema.js";
import { staleAmong } from "./generated-files.js";

/** Generates everything anew, in memory, and fails naming the committed files that are not what it would write. */
const schema = await generateSchema();
const stale = staleAmong({
  ...(await generateContract()),
  ...schema,
  ...(await generateDocuments(schema["schema.graphql"])),
  ".env.example": renderEnvExample(),
});
for (const path of stale) console.error(`${path} is stale: run npm run gen, and commit it.`);
process.exitCode = stale.length ? 1 : 0;
