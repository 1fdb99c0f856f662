import { type GraphQLInputType, getNamedType, isEnumType, isInputObjectType, isListType, isNonNullType } from "graphql";
import { type Door, isRequired, selectionOf } from "./doors.js";

/** A value in words of its own, for what JavaScript cannot hold: `1e400`. */
export class Verbatim {
  constructor(readonly text: string) {}
}

type Arguments = Record<string, unknown>;
type Path = readonly (string | number)[];

/** What stands in the places that a test leaves in peace. */
export type Honest = (door: Door, name: string, type: string) => unknown;

/** The door's arguments: what they must have, honestly, and `value` at the slot. Without a slot, honest throughout. */
export function argumentsWith(door: Door, honest: Honest, path: Path = [], value?: unknown): Arguments[] {
  return door.fields.map(({ args }, level) => {
    const below = level === door.fields.length - 1 ? path : [];
    return objectWith(door, args, honest, below, value);
  });
}

function objectWith(
  door: Door,
  fields: readonly { name: string; type: GraphQLInputType; defaultValue?: unknown }[],
  honest: Honest,
  [here, ...below]: Path,
  value: unknown,
): Arguments {
  const given = fields.filter((field) => field.name === here || isRequired(field));
  return Object.fromEntries(
    given.map(({ name, type }) => [
      name,
      name === here ? valueWith(door, name, type, honest, below, value) : honestValue(door, name, type, honest),
    ]),
  );
}

function valueWith(
  door: Door,
  name: string,
  type: GraphQLInputType,
  honest: Honest,
  path: Path,
  value: unknown,
): unknown {
  if (path.length === 0) return value;
  if (isNonNullType(type)) return valueWith(door, name, type.ofType, honest, path, value);
  if (isListType(type)) return [valueWith(door, name, type.ofType, honest, path.slice(1), value)];
  if (!isInputObjectType(type)) throw new Error(`There is no ${path.join(".")} in ${type}.`);
  return objectWith(door, Object.values(type.getFields()), honest, path, value);
}

function honestValue(door: Door, name: string, type: GraphQLInputType, honest: Honest): unknown {
  if (isNonNullType(type)) return honestValue(door, name, type.ofType, honest);
  if (isListType(type)) return [honestValue(door, name, type.ofType, honest)];
  if (isInputObjectType(type)) return objectWith(door, Object.values(type.getFields()), honest, [], undefined);
  if (isEnumType(type)) return honest(door, name, type.name) ?? type.getValues()[0]?.name;
  return honest(door, name, type.name);
}

/** The body of a request that passes the arguments as variables. */
export function bodyWithVariables(door: Door, args: readonly Arguments[], levels = 0): string {
  const declared: string[] = [];
  const variables: Arguments = {};
  const query = queryOf(door, levels, (level) =>
    Object.entries(args[level] ?? {}).map(([name, value]) => {
      const variable = `v${declared.length}`;
      const type = door.fields[level]?.args.find((arg) => arg.name === name)?.type;
      declared.push(`$${variable}: ${type}`);
      variables[variable] = value;
      return `${name}: $${variable}`;
    }),
  );
  return jsonOf({ query: `${door.kind}${list(declared)} ${query}`, variables });
}

/** The body of a request that has the arguments written in its query; null for what GraphQL has no words for. */
export function bodyWithLiterals(door: Door, args: readonly Arguments[], levels = 0): string | null {
  let canBeWritten = true;
  const query = queryOf(door, levels, (level) =>
    Object.entries(args[level] ?? {}).map(([name, value]) => {
      const type = door.fields[level]?.args.find((arg) => arg.name === name)?.type;
      const literal = type && literalOf(value, type);
      if (literal === null) canBeWritten = false;
      return `${name}: ${literal}`;
    }),
  );
  return canBeWritten ? JSON.stringify({ query: `${door.kind} ${query}` }) : null;
}

function queryOf({ fields }: Door, levels: number, argumentsAt: (level: number) => string[]): string {
  const selected = selectionOf((fields.at(-1) as Door["fields"][number]).type, levels);
  const opened = fields.map(({ name }, level) => `{ ${name}${list(argumentsAt(level))}`);
  return `${opened.join(" ")} ${selected} ${"}".repeat(fields.length)}`;
}

const list = (items: readonly string[]) => (items.length > 0 ? `(${items.join(", ")})` : "");

function jsonOf(value: unknown): string {
  const verbatim: string[] = [];
  const text = JSON.stringify(value, (_key, item) =>
    item instanceof Verbatim ? `@verbatim${verbatim.push(item.text) - 1}@` : item,
  );
  return text.replace(/"@verbatim(\d+)@"/g, (_, index) => verbatim[Number(index)] as string);
}

const aName = /^[_A-Za-z]\w*$/;

function literalOf(value: unknown, type: GraphQLInputType | null): string | null {
  if (value instanceof Verbatim) return value.text;
  const bare = isNonNullType(type) ? type.ofType : type;
  if (Array.isArray(value))
    return joined(
      value.map((item) => literalOf(item, isListType(bare) ? bare.ofType : bare)),
      "[",
      "]",
    );
  if (typeof value === "object" && value !== null) {
    if (!Object.keys(value).every((key) => aName.test(key))) return null;
    const fields = isInputObjectType(bare) ? bare.getFields() : {};
    const entries = Object.entries(value).map(([key, item]) => {
      const literal = literalOf(item, Object.hasOwn(fields, key) ? (fields[key]?.type ?? null) : null);
      return literal === null ? null : `${key}: ${literal}`;
    });
    return joined(entries, "{", "}");
  }
  const named = type && getNamedType(type);
  if (typeof value === "string" && isEnumType(named) && aName.test(value)) return value;
  return JSON.stringify(value) ?? null;
}

function joined(parts: readonly (string | null)[], open: string, close: string): string | null {
  return parts.includes(null) ? null : `${open}${parts.join(", ")}${close}`;
}
