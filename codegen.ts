import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { codegen } from "@graphql-codegen/core";
import * as typedDocumentNode from "@graphql-codegen/typed-document-node";
import * as typescriptOperations from "@graphql-codegen/typescript-operations";
import { buildSchema, parse } from "graphql";
import { isCommand, writeGenerated } from "./scripts/generated-files.js";

const root = dirname(fileURLToPath(import.meta.url));

/** As Apollo Client 4 advises, for its own data masking: fields of a fragment are read through it or with @unmask. */
const config = {
  avoidOptionals: { field: true, inputValue: false },
  defaultScalarType: "unknown",
  nonOptionalTypename: true,
  skipTypeNameForRoot: true,
  enumType: "string-literal",
  useTypeImports: true,
  inlineFragmentTypes: "mask",
  customDirectives: { apolloUnmask: true },
};

/**
 * Types and documents of the client operations: a `documents.generated.ts` in `test/documents` and in each folder of
 * `examples` that holds `.graphql` files. Reads the emitted schema and nothing of src: what a client has.
 * @returns text by path relative to the project
 * @throws where a document does not fit the schema
 */
export async function generateDocuments(sdl = readFileSync(join(root, "schema.graphql"), "utf8")) {
  const schemaAst = buildSchema(sdl);
  const files: Record<string, string> = {};
  for (const folder of documentFolders()) {
    const filename = relative(root, join(folder, "documents.generated.ts"));
    files[filename] = await codegen({
      schema: parse(sdl),
      schemaAst,
      documents: documentsIn(folder),
      filename,
      config: {},
      plugins: [{ operations: config }, { documents: config }],
      pluginMap: { operations: typescriptOperations, documents: typedDocumentNode },
    });
  }
  return files;
}

function documentFolders(): string[] {
  const examples = join(root, "examples");
  const names = existsSync(examples) ? readdirSync(examples) : [];
  return [join(root, "test", "documents"), ...names.sort().map((name) => join(examples, name))].filter(
    (folder) => documentsIn(folder).length > 0,
  );
}

function documentsIn(folder: string) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".graphql"))
    .sort()
    .map((name) => ({ location: basename(name), document: parse(readFileSync(join(folder, name), "utf8")) }));
}

if (isCommand(import.meta.url)) writeGenerated(await generateDocuments());
