import { type ASTNode, Kind, parse, type Source, visit } from "graphql";

/** Where in a document's arguments things stand: `input.phone` for the value, or the variable, that is passed there. */
interface ArgumentPlaces {
  /** By the position at which the value begins. */
  readonly values: ReadonlyMap<number, string>;
  /** By the variable's name; of several uses the first. */
  readonly variables: ReadonlyMap<string, string>;
}

const known = new WeakMap<Source, ArgumentPlaces>();

/** One walk a document, however many of its values are at fault. */
export function argumentPlaces(source: Source): ArgumentPlaces {
  const places = known.get(source) ?? walk(source);
  known.set(source, places);
  return places;
}

function walk(source: Source): ArgumentPlaces {
  const values = new Map<number, string>();
  const variables = new Map<string, string>();
  const document = parse(source);
  visit(document, {
    enter(node, _key, _parent, path) {
      if (!isValue(node) || !node.loc) return;
      const place = placeOf(document, path);
      if (!place) return;
      values.set(node.loc.start, values.get(node.loc.start) ?? place);
      if (node.kind === Kind.VARIABLE && !variables.has(node.name.value)) variables.set(node.name.value, place);
    },
  });
  return { values, variables };
}

const isValue = (node: ASTNode) => /(Value|Variable|ObjectField)$/.test(node.kind);

/** The names of the argument, input fields and list items on the way from the document to a node. */
function placeOf(document: ASTNode, path: readonly (string | number)[]): string {
  const parts: (string | number)[] = [];
  let node: unknown = document;
  for (const [index, key] of path.entries()) {
    node = (node as Record<string | number, unknown>)[key];
    const { kind, name } = node as Partial<{ kind: string; name: { value: string } }>;
    if ((kind === Kind.ARGUMENT || kind === Kind.OBJECT_FIELD) && name) parts.push(name.value);
    else if (path[index - 1] === "values") parts.push(key);
  }
  return parts.join(".");
}
