import { type GraphQLResolveInfo, type OperationDefinitionNode, visit } from "graphql";

/** Whether a request names a field anywhere, `@skip` or not: what costs something is fetched for those alone that may want it. */
export const isNamed = (field: string, info: GraphQLResolveInfo): boolean => namesIn(info).has(field);

/** The document is walked once, however many lists ask. */
function namesIn({ operation, fragments }: GraphQLResolveInfo): ReadonlySet<string> {
  const known = namesByOperation.get(operation);
  if (known) return known;
  const names = new Set<string>();
  for (const part of [operation, ...Object.values(fragments)])
    visit(part, { Field: ({ name }) => void names.add(name.value) });
  namesByOperation.set(operation, names);
  return names;
}

const namesByOperation = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>();
