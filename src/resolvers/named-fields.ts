import { type GraphQLResolveInfo, visit } from "graphql";

/** Whether a request names a field anywhere, `@skip` or not: what costs something is fetched for those alone that may want it. */
export function isNamed(field: string, { operation, fragments }: GraphQLResolveInfo): boolean {
  const named = new Set<string>();
  for (const part of [operation, ...Object.values(fragments)])
    visit(part, { Field: ({ name }) => void named.add(name.value) });
  return named.has(field);
}
