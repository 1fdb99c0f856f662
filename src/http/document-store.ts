import { BREAK, type DocumentNode, Kind, visit } from "graphql";

/** What Apollo Server asks of a store of parsed and validated documents. */
export interface DocumentStore {
  get(key: string): Promise<DocumentNode | undefined>;
  set(key: string, document: DocumentNode): Promise<void>;
  delete(key: string): Promise<boolean>;
}

const longestSource = 16_384;
const longestTotal = 262_144;

/**
 * Keeps the documents asked for most recently, so that a client's queries are parsed and validated once. A value that
 * was written into a query may be a secret and must not stay in memory: only documents are kept whose values all come
 * through variables. `first: 50` may stand in one, as a number directly below an argument.
 */
export function createDocumentStore(): DocumentStore {
  const documents = new Map<string, DocumentNode>();
  let total = 0;
  const drop = (key: string) => {
    const document = documents.get(key);
    total -= document ? lengthOf(document) : 0;
    return documents.delete(key);
  };
  return {
    async get(key) {
      const document = documents.get(key);
      if (document && documents.delete(key)) documents.set(key, document);
      return document;
    },
    async set(key, document) {
      if (lengthOf(document) > longestSource || holdsValues(document)) return;
      drop(key);
      documents.set(key, document);
      total += lengthOf(document);
      for (const oldest of documents.keys()) {
        if (total <= longestTotal) break;
        drop(oldest);
      }
    },
    async delete(key) {
      return drop(key);
    },
  };
}

const lengthOf = (document: DocumentNode) => document.loc?.source.body.length ?? Number.POSITIVE_INFINITY;

/** Comments count: the tree remembers its source. Without a string in it, a `#` can only begin one. */
function holdsValues(document: DocumentNode): boolean {
  let found = document.loc?.source.body.includes("#") ?? true;
  visit(document, {
    enter(node, _key, parent) {
      const isNumber = node.kind === Kind.INT || node.kind === Kind.FLOAT;
      const isDirect = !!parent && "kind" in parent && parent.kind === Kind.ARGUMENT;
      if (node.kind === Kind.STRING || (isNumber && !isDirect)) found = true;
      return found ? BREAK : undefined;
    },
  });
  return found;
}
