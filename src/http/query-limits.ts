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
export const mostFields = 2_000;
export const mostPages = 50;
export const mostDefinitions = 100;

/** Aliases and fragments count as often as they stand there. */
interface Extent {
  /** Fields at the top. */
  readonly fields: number;
  /** Those with arguments: each may be another page of another list. */
  readonly pages: number;
  readonly depth: number;
  readonly fieldsBelow: number;
  readonly pagesBelow: number;
}

const nothing: Extent = { fields: 0, pages: 0, depth: 0, fieldsBelow: 0, pagesBelow: 0 };

/**
 * What one request may ask for: 200 fields at the top (each alias is one), 15 levels below each other, and 2,000 fields
 * and 50 pages below the top, since each is answered once for every row of the lists around it; 100 operations and
 * fragments. A document beyond that is not looked at by the other rules, which compare each field and each fragment with
 * each: a long one would take a good part of a second.
 */
export function queryLimits(context: ValidationContext): ASTVisitor {
  const ofFragment = new Map<string, Extent>();
  return {
    Document({ definitions }) {
      for (const definition of definitions) {
        if (!("selectionSet" in definition) || !definition.selectionSet) continue;
        const message =
          definitions.length > mostDefinitions
            ? `A request may hold ${mostDefinitions} operations and fragments.`
            : refusalOf(extentOf(definition.selectionSet, context, ofFragment));
        if (!message) continue;
        context.reportError(new GraphQLError(message, { nodes: definition }));
        // To the visitor, null is a node that was taken out: nobody goes below it.
        return null;
      }
      return undefined;
    },
  };
}

function refusalOf({ fields, depth, fieldsBelow, pagesBelow }: Extent): string | null {
  if (fields > mostRootFields) return `A request may have ${mostRootFields} fields at the top.`;
  if (depth > deepestSelection) return `A request may go ${deepestSelection} levels deep.`;
  if (fieldsBelow > mostFields) return `A request may have ${mostFields} fields below the top.`;
  if (pagesBelow > mostPages) return `A request may have ${mostPages} lists with arguments below the top.`;
  return null;
}

function extentOf(set: SelectionSetNode, context: ValidationContext, ofFragment: Map<string, Extent>): Extent {
  return set.selections
    .map((selection) => extentOfSelection(selection, context, ofFragment))
    .reduce(
      (sum, one) => ({
        fields: sum.fields + one.fields,
        pages: sum.pages + one.pages,
        depth: Math.max(sum.depth, one.depth),
        fieldsBelow: sum.fieldsBelow + one.fieldsBelow,
        pagesBelow: sum.pagesBelow + one.pagesBelow,
      }),
      nothing,
    );
}

function extentOfSelection(
  selection: SelectionSetNode["selections"][number],
  context: ValidationContext,
  ofFragment: Map<string, Extent>,
): Extent {
  if (selection.kind === Kind.INLINE_FRAGMENT) return extentOf(selection.selectionSet, context, ofFragment);
  if (selection.kind === Kind.FRAGMENT_SPREAD)
    return extentOfFragment(context.getFragment(selection.name.value), context, ofFragment);
  const below = selection.selectionSet ? extentOf(selection.selectionSet, context, ofFragment) : nothing;
  // GraphQL's own rule bounds introspection, which is deep by nature.
  const isIntrospection = selection.name.value.startsWith("__");
  return {
    fields: 1,
    pages: selection.arguments?.length ? 1 : 0,
    depth: 1 + (isIntrospection ? 0 : below.depth),
    fieldsBelow: below.fields + below.fieldsBelow,
    pagesBelow: below.pages + below.pagesBelow,
  };
}

/** Each fragment once, however often it is spread; one that contains itself is refused by a rule of GraphQL's own. */
function extentOfFragment(
  fragment: FragmentDefinitionNode | null | undefined,
  context: ValidationContext,
  ofFragment: Map<string, Extent>,
): Extent {
  if (!fragment) return nothing;
  const name = fragment.name.value;
  const known = ofFragment.get(name);
  if (known) return known;
  ofFragment.set(name, nothing);
  const extent = extentOf(fragment.selectionSet, context, ofFragment);
  ofFragment.set(name, extent);
  return extent;
}
