import { type ConstDirectiveNode, print } from "graphql";

/** The directives that a field or argument carries, each as text; `@deprecated` is advice and does not count. */
export function appliedTo({
  astNode,
}: {
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] } | null;
}): Set<string> {
  const nodes = astNode?.directives?.filter(({ name }) => name.value !== "deprecated") ?? [];
  return new Set(nodes.map((node) => print(withDefaultMask(node))));
}

/** `@sensitive` is `@sensitive(mask: FULL)`. */
function withDefaultMask(node: ConstDirectiveNode): ConstDirectiveNode {
  if (node.name.value !== "sensitive" || node.arguments?.length) return node;
  const name = { kind: "Name", value: "mask" } as ConstDirectiveNode["name"];
  const value = { kind: "EnumValue", value: "FULL" };
  return { ...node, arguments: [{ kind: "Argument", name, value }] } as ConstDirectiveNode;
}
