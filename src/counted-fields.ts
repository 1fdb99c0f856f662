import {
  defaultFieldResolver,
  type FieldNode,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { DomainError } from "./services/errors.js";
import type { RequestContext } from "./services/request.js";

/** A page of 500 rows with 200 cells each is answered; beyond that the others would wait for seconds. */
export const mostAnsweredFields = 1_000_000;

/**
 * Counts the fields of an answer while it is put together: each object's, as often as the query names them, before the
 * first of them is answered. A short query may name two thousand, `__typename` too, for each row of many long lists.
 */
export function countFields(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields())) if (!isLeafType(getNamedType(field.type))) countBelow(field);
  }
  return schema;
}

function countBelow(field: GraphQLField<unknown, RequestContext>): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (parent, args, context, info) => {
    const value: unknown = resolve(parent, args, context, info);
    return value instanceof Promise
      ? value.then((settled) => counted(settled, context, info))
      : counted(value, context, info);
  };
}

/** @throws DomainError BAD_USER_INPUT */
function counted(value: unknown, { answered }: RequestContext, info: GraphQLResolveInfo): unknown {
  const objects = Array.isArray(value) ? value.length : Number(Boolean(value));
  answered.fields += objects * fieldsBelow(info);
  if (answered.fields > mostAnsweredFields)
    throw new DomainError("BAD_USER_INPUT", "An answer may hold 1,000,000 fields: ask for less.");
  return value;
}

/** Of one object. */
function fieldsBelow({ fieldNodes, fragments }: GraphQLResolveInfo): number {
  let sum = 0;
  for (const node of fieldNodes) sum += countOf(node, fragments);
  return sum;
}

/** By the node, which the rows of a list have in common, and requests too where their document is kept. */
function countOf(node: FieldNode, fragments: GraphQLResolveInfo["fragments"]): number {
  const known = countsByNode.get(node);
  if (known !== undefined) return known;
  const countIn = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1;
      const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
      return sum + (inner ? countIn(inner.selectionSet) : 0);
    }, 0);
  const count = node.selectionSet ? countIn(node.selectionSet) : 0;
  countsByNode.set(node, count);
  return count;
}

const countsByNode = new WeakMap<FieldNode, number>();
