import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";

/**
 * How often a request asks for the root field that is being resolved, aliases and fragments counted as they stand there.
 * GraphQL stops at the first root mutation that fails, so a resolver by itself cannot know of those behind it.
 */
export function timesAsked({ fieldName, operation, fragments }: GraphQLResolveInfo): number {
  const countIn = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + (selection.name.value === fieldName ? 1 : 0);
      const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
      return sum + (inner ? countIn(inner.selectionSet) : 0);
    }, 0);
  return countIn(operation.selectionSet);
}
