import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";

export const mostRootFields = 200;
export const deepestSelection = 15;

interface Extent {
  /** Fields at the top, aliases and fragments counted as often as they stand there. */
  readonly fields: number;
  readonly depth: number;
}

/** What one request may ask for: 200 fields at the top (each alias is one), 15 levels below each other. */
export function queryLimits(context: ValidationContext): ASTVisitor {
  const ofFragment = new Map<string, Extent>();
  return {
    OperationDefinition(operation) {
      const { fields, depth } = extentOf(operation.selectionSet, context, ofFragment);
      const refuse = (message: string) => context.reportError(new GraphQLError(message, { nodes: operation }));
      if (fields > mostRootFields) refuse(`A request may have ${mostRootFields} fields at the top.`);
      if (depth > deepestSelection) refuse(`A request may go ${deepestSelection} levels deep.`);
      return false;
    },
  };
}

function extentOf(set: SelectionSetNode, context: ValidationContext, ofFragment: Map<string, Extent>): Extent {
  let fields = 0;
  let depth = 0;
  for (const selection of set.selections) {
    const extent = extentOfSelection(selection, context, ofFragment);
    fields += extent.fields;
    depth = Math.max(depth, extent.depth);
  }
  return { fields, depth };
}

function extentOfSelection(
  selection: SelectionSetNode["selections"][number],
  context: ValidationContext,
  ofFragment: Map<string, Extent>,
): Extent {
  if (selection.kind === Kind.INLINE_FRAGMENT) return extentOf(selection.selectionSet, context, ofFragment);
  if (selection.kind === Kind.FRAGMENT_SPREAD)
    return extentOfFragment(context.getFragment(selection.name.value), context, ofFragment);
  // GraphQL's own rule bounds introspection, which is deep by nature.
  const isIntrospection = selection.name.value.startsWith("__");
  if (!selection.selectionSet || isIntrospection) return { fields: 1, depth: 1 };
  return { fields: 1, depth: 1 + extentOf(selection.selectionSet, context, ofFragment).depth };
}

/** Each fragment once, however often it is spread; one that contains itself is refused by a rule of GraphQL's own. */
function extentOfFragment(
  fragment: FragmentDefinitionNode | null | undefined,
  context: ValidationContext,
  ofFragment: Map<string, Extent>,
): Extent {
  if (!fragment) return { fields: 0, depth: 0 };
  const name = fragment.name.value;
  const known = ofFragment.get(name);
  if (known) return known;
  ofFragment.set(name, { fields: 0, depth: 0 });
  const extent = extentOf(fragment.selectionSet, context, ofFragment);
  ofFragment.set(name, extent);
  return extent;
}
