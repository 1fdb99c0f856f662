import { type ASTNode, GraphQLError, Kind } from "graphql";
import { argumentPlaces } from "./argument-places.js";

/** What is wrong with a request, in words that hold nothing of what was sent in it. */
export interface RequestFault {
  readonly message: string;
  /** Dotted path of the argument: `input.phone`. */
  readonly field?: string | undefined;
}

const longestMessage = 300;

/**
 * The faults that GraphQL itself finds: it quotes values in most of its messages (`Variable "$i" got invalid value
 * { apiKey: "sk-…" }`), so each is told again from what is known to hold none. Null for an error of another kind.
 * @param code what Apollo made of it
 */
export function requestFaultOf(error: GraphQLError, code: unknown): RequestFault | null {
  switch (code) {
    case "GRAPHQL_PARSE_FAILED":
      return syntaxFault(error);
    case "GRAPHQL_VALIDATION_FAILED":
      return validationFault(error);
    case "BAD_USER_INPUT":
      return variableFault(error);
    case "OPERATION_RESOLUTION_FAILURE":
      return { message: "operationName must name one operation of the query; it may be left out where there is one." };
    case "PERSISTED_QUERY_NOT_SUPPORTED":
      return { message: "Persisted queries are not supported: send the query." };
    case "BAD_REQUEST":
      return { message: error.message };
    default:
      return executionFault(error);
  }
}

function syntaxFault(error: GraphQLError): RequestFault {
  if (/^Syntax Error: Document contains more than? \d+ tokens/.test(error.message))
    return { message: "The query is too long." };
  const [at] = error.locations ?? [];
  return {
    message: at ? `The query is not GraphQL: line ${at.line}, column ${at.column}.` : "The query is not GraphQL.",
  };
}

function validationFault(error: GraphQLError): RequestFault {
  const [node] = error.nodes ?? [];
  if (node && (isLiteral(node) || node.kind === Kind.OBJECT_FIELD)) {
    const { message, below } = mismatch(error.message);
    const place = placeOfLiteral(node);
    // The name of a field that nobody defined may itself be a value: the place is that of the object around it.
    return { message, field: joined(node.kind === Kind.OBJECT_FIELD ? place?.replace(/\.?[^.]+$/, "") : place, below) };
  }
  if (/aborted\.$/.test(error.message)) return { message: "The query is too complex." };
  // All other rules speak of names and types alone.
  const [, missing] = /^Field "\w+" argument "(\w+)" of type "[\w[\]!]+" is required,/.exec(error.message) ?? [];
  const message = error.message.length > longestMessage ? "The query does not fit the schema." : error.message;
  return { message, field: missing };
}

const isLiteral = (node: ASTNode) => /Value$/.test(node.kind);

const placeOfLiteral = ({ loc }: ASTNode) => (loc ? argumentPlaces(loc.source).values.get(loc.start) : undefined);

/** `Variable "$i" got invalid value <what was sent> at "i.input.phone"; <why>`, or that it is missing. */
function variableFault(error: GraphQLError): RequestFault {
  const [definition] = error.nodes ?? [];
  if (definition?.kind !== Kind.VARIABLE_DEFINITION) return { message: "The variables do not fit the query." };
  const name = definition.variable.name.value;
  const place = (definition.loc && argumentPlaces(definition.loc.source).variables.get(name)) ?? name;
  const missing = /^Variable "\$\w+" of (?:required|non-null) type "([\w[\]!]+)" /.exec(error.message);
  if (missing) return { message: `Variable "$${name}" of type "${missing[1]}" must be given.`, field: place };
  const why = error.originalError?.message ?? "";
  const told = error.message.endsWith(`; ${why}`) ? error.message.slice(0, -why.length - 2) : "";
  // What was sent cannot pose as this: a printed value never ends in an unescaped ` at "…"`.
  const [, inside = ""] = / at "\w+((?:\.\w+|\[\d+\])+)"$/.exec(told) ?? [];
  const { message, below } = mismatch(why);
  return { message, field: joined(place + inside.replace(/\[(\d+)\]/g, ".$1"), below) };
}

/** Faults that come up only while fields run; all else there is no fault of the request. */
function executionFault({ message, originalError }: GraphQLError): RequestFault | null {
  if (originalError && !(originalError instanceof GraphQLError)) return null;
  if (/^Schema is not configured to execute \w+ operation\.$/.test(message))
    return { message: "There are no subscriptions." };
  if (message.startsWith("Too many errors processing variables")) return { message: "Too many variables are wrong." };
  const [, name] = /^Argument "(\w+)" (?:of required type|of non-null type|has invalid value) /.exec(message) ?? [];
  return name ? { message: `Argument "${name}" must be given, and fit its type.`, field: name } : null;
}

interface Mismatch {
  readonly message: string;
  /** The input field at fault below the value that was judged. */
  readonly below?: string | undefined;
}

const type = '"([\\w[\\]!]+)"';
const tellings: readonly (readonly [RegExp, (match: RegExpExecArray) => Mismatch])[] = [
  // Our own scalars' words, which stand last and hold no value.
  [/(?:^|[;.] )((?:DateTime|JSONObject) must be [^"{;]+)$/, ([, text]) => ({ message: text ?? "" })],
  [
    new RegExp(`^Field "(?:\\w+\\.)?(\\w+)" of required type ${type} was not provided\\.$`),
    ([, field, wanted]) => ({
      message: `Field "${field}" of required type "${wanted}" was not provided.`,
      below: field,
    }),
  ],
  // Only a name close to a real one is repeated; another could be a secret in the wrong place.
  [/^Field "\w+" is not defined by type "\w+"\. Did you mean [^?]{1,200}\?$/, ([text]) => ({ message: text })],
  [/^Field ".*" is not defined by type "(\w+)"\./s, ([, name]) => ({ message: `${name} has no field of this name.` })],
  [new RegExp(`^Expected non-nullable type ${type} not to be null\\.$`), ([text]) => ({ message: text })],
  [new RegExp(`^Expected type ${type} to be an object\\.$`), ([text]) => ({ message: text })],
  [
    new RegExp(`^Expected value of type ${type}, found `),
    ([, name]) => ({ message: `Expected a value of type ${name}.` }),
  ],
  [/^Value ".*" does not exist in "(\w+)" enum\./s, ([, name]) => ({ message: `Expected a value of enum ${name}.` })],
  [/^Enum "(\w+)" cannot represent /, ([, name]) => ({ message: `Expected a value of enum ${name}.` })],
  [/^Expected type "(\w+)"/, ([, name]) => ({ message: `Expected a value of type ${name}.` })],
  [/^(\w+) cannot represent /, ([, name]) => ({ message: `Expected a value of type ${name}.` })],
];

function mismatch(text: string): Mismatch {
  for (const [pattern, tell] of tellings) {
    const match = pattern.exec(text);
    if (match) return tell(match);
  }
  return { message: "This value does not fit its type." };
}

const joined = (...parts: (string | undefined)[]) => parts.filter(Boolean).join(".") || undefined;
