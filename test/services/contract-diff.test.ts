import { describe, expect, it } from "vitest";
import { compareSchemas } from "../../scripts/schema-comparison.js";

const base = `
  directive @sensitive(mask: MaskStyle! = FULL) on FIELD_DEFINITION | INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION
  enum MaskStyle { FULL LAST4 }
  enum Role { VIEWER OWNER }
  enum Status { OPEN DONE }
  input AddInput { name: String! secret: String @sensitive role: Role! = VIEWER }
  type Item { id: ID! secret: String! @sensitive(mask: LAST4) status: Status! items(first: Int! = 50, after: String): [Item!]! }
  type Query { item(id: ID!): Item }
  type Mutation { add(input: AddInput!): Item! }
`;

/** The contract is `base`; ours is `base` with one text put for another. */
function compareWith(text: string, replacement: string) {
  expect(base).toContain(text);
  return compareSchemas(base.replace(text, replacement), base);
}

describe("the comparison with a contract", () => {
  it("finds nothing in a schema that is the same", () => {
    expect(compareSchemas(base, base)).toEqual({ breaks: [], missing: [] });
  });

  const breaks: [string, string, string, string][] = [
    [
      "another nullability of a field",
      "status: Status!",
      "status: Status",
      "Item.status is Status, in the contract Status!",
    ],
    ["another type of a field", "id: ID! secret", "id: Int! secret", "Item.id is Int!, in the contract ID!"],
    [
      "another type of an argument",
      "item(id: ID!)",
      "item(id: String!)",
      "Query.item(id:) is String!, in the contract ID!",
    ],
    [
      "another nullability of an input field",
      "name: String! s",
      "name: String s",
      "AddInput.name is String, in the contract String!",
    ],
    [
      "another default",
      "first: Int! = 50",
      "first: Int! = 20",
      "Item.items(first:) defaults to 20, in the contract to 50",
    ],
    [
      "a default that was dropped",
      "Role! = VIEWER",
      "Role!",
      "AddInput.role defaults to nothing, in the contract to VIEWER",
    ],
    [
      "a required argument more",
      "item(id: ID!)",
      "item(id: ID!, why: String!)",
      "Query.item(why:) is required, and unknown to the contract",
    ],
    [
      "a required input field more",
      "name: String! s",
      "name: String! why: ID! s",
      "AddInput.why is required, and unknown to the contract",
    ],
    [
      "a mask that was dropped",
      " @sensitive(mask: LAST4)",
      "",
      "Item.secret carries no directive, in the contract @sensitive(mask: LAST4)",
    ],
    [
      "another mask",
      "(mask: LAST4)",
      "",
      "Item.secret carries @sensitive(mask: FULL), in the contract @sensitive(mask: LAST4)",
    ],
    [
      "a mask on an input that was dropped",
      "secret: String @sensitive",
      "secret: String",
      "AddInput.secret carries no directive, in the contract @sensitive(mask: FULL)",
    ],
    [
      "a mask where there was none",
      "status: Status!",
      "status: Status! @sensitive",
      "Item.status carries @sensitive(mask: FULL), in the contract no directive",
    ],
    [
      "a value more in an enum that clients send",
      "VIEWER OWNER",
      "VIEWER OWNER KING",
      "Role.KING is unknown to the contract, whose clients send this enum",
    ],
    ["a type of another kind", "enum Status { OPEN DONE }", "scalar Status", "Status is Scalar, in the contract Enum"],
    ["a directive of fewer places", " | ARGUMENT_DEFINITION", "", "@sensitive cannot stand on ARGUMENT_DEFINITION"],
  ];
  for (const [what, text, replacement, expected] of breaks)
    it(`calls ${what} a break`, () => {
      expect(compareWith(text, replacement).breaks).toEqual([expected]);
    });

  const additions: [string, string, string][] = [
    ["types and fields", "status: Status!", "status: Status! more: String!"],
    ["optional arguments", "item(id: ID!)", "item(id: ID!, why: String, how: Int! = 1)"],
    ["optional input fields", "name: String! s", "name: String! why: String s"],
    ["values of an enum that only answers hold", "OPEN DONE", "OPEN DONE LOST"],
    ["the default mask written out", "secret: String @sensitive", "secret: String @sensitive(mask: FULL)"],
    ["a mark on an input", "name: String! s", "name: String! @sensitive s"],
  ];
  for (const [what, text, replacement] of additions)
    it(`allows ${what} to be added`, () => {
      expect(compareWith(text, replacement)).toEqual({ breaks: [], missing: [] });
    });

  const omissions: [string, string, string, string[]][] = [
    ["a field", "status: Status!", "", ["Item.status"]],
    ["an optional argument", ", after: String", "", ["Item.items(after:)"]],
    ["an input field", "secret: String @sensitive", "", ["AddInput.secret"]],
    ["an enum value", "OPEN DONE", "OPEN", ["Status.DONE"]],
    ["an operation", "type Mutation { add(input: AddInput!): Item! }", "", ["Mutation"]],
  ];
  for (const [what, text, replacement, missing] of omissions)
    it(`calls ${what} that is not there yet missing, and no break`, () => {
      expect(compareWith(text, replacement)).toEqual({ breaks: [], missing });
    });
});
