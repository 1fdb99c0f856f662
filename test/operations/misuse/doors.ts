import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";

type Field = GraphQLField<unknown, unknown>;

/** A field that takes arguments, and the fields by which a request gets there: one for most, more for lists in answers. */
export interface Door {
  /** `Mutation.addRows`, `Query.table.rows`. */
  readonly name: string;
  readonly kind: "query" | "mutation";
  readonly fields: readonly Field[];
}

/** One place in a door's arguments where a value stands: an argument, an input field, a list or an item of one. */
export interface Slot {
  /** From the argument on: `["input", "rows", 0]`. */
  readonly path: readonly (string | number)[];
  readonly type: GraphQLInputType;
}

const deepest = 8;

/** Every operation of the schema, and every field with arguments that can be reached from one without a second one. */
export function doorsOf(schema: GraphQLSchema): Door[] {
  const doors: Door[] = [];
  for (const [kind, type] of [
    ["query", schema.getQueryType()],
    ["mutation", schema.getMutationType()],
  ] as const)
    for (const field of Object.values(type?.getFields() ?? {})) {
      doors.push({ name: `${type?.name}.${field.name}`, kind, fields: [field] });
      if (kind === "query") doors.push(...doorsBelow(`Query.${field.name}`, [field], new Set()));
    }
  const seen = new Set<unknown>();
  return doors.filter(({ fields: [root, ...below] }) => {
    const field = below.at(-1) ?? root;
    return !seen.has(field) && seen.add(field);
  });
}

function doorsBelow(name: string, fields: readonly Field[], types: ReadonlySet<unknown>): Door[] {
  const type = getNamedType((fields.at(-1) as Field).type);
  if (!isObjectType(type) || types.has(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const door: Door = { name: `${name}.${field.name}`, kind: "query", fields: [...fields, field] };
    if (field.args.length > 0) return [door];
    return doorsBelow(door.name, door.fields, new Set([...types, type]));
  });
}

export function slotsOf({ fields }: Door): Slot[] {
  return (fields.at(-1) as Field).args.flatMap(({ name, type }) => slotsBelow({ path: [name], type }));
}

function slotsBelow(slot: Slot): Slot[] {
  const type = isNonNullType(slot.type) ? slot.type.ofType : slot.type;
  if (slot.path.length > deepest) return [];
  if (isListType(type)) return [slot, ...slotsBelow({ path: [...slot.path, 0], type: type.ofType })];
  if (!isInputObjectType(type)) return [slot];
  const fields = Object.values(type.getFields());
  return [slot, ...fields.flatMap(({ name, type }) => slotsBelow({ path: [...slot.path, name], type }))];
}

/** What a request asks of an answer: everything that needs no arguments, four levels deep, or nothing but its type. */
export function selectionOf(type: GraphQLOutputType, levels = 4): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return "";
  if (levels === 0 || !isObjectType(named)) return "{ __typename }";
  const fields = Object.values(named.getFields())
    .filter(({ args, type }) => !args.some(isRequired) && (levels > 1 || !isCompositeType(getNamedType(type))))
    .map(({ name, type }) => `${name} ${selectionOf(type, levels - 1)}`);
  return `{ __typename ${fields.join(" ")} }`;
}

export const isRequired = ({ type, defaultValue }: { type: GraphQLInputType; defaultValue?: unknown }) =>
  isNonNullType(type) && defaultValue === undefined;
