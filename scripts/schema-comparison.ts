import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLFieldMap,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  print,
} from "graphql";
import { appliedTo } from "./applied-directives.js";

export interface SchemaComparison {
  /** What stands in ours and would surprise a client written against the contract. */
  readonly breaks: readonly string[];
  /** What the contract holds and ours does not yet. */
  readonly missing: readonly string[];
}

/**
 * Compares two schemas given as SDL. Types, fields, optional arguments and values of enums that only answers hold may
 * be added; what stands in both must be the same, down to nullability, defaults and applied directives.
 */
export function compareSchemas(oursSdl: string, contractSdl: string): SchemaComparison {
  const [ours, contract] = [buildSchema(oursSdl), buildSchema(contractSdl)];
  const found: Findings = { breaks: [], missing: [] };
  compareDirectives(ours, contract, found);
  for (const type of Object.values(contract.getTypeMap())) {
    if (type.name.startsWith("__") || isSpecifiedScalarType(type)) continue;
    const our = ours.getType(type.name);
    if (!our) found.missing.push(type.name);
    else if (our.constructor !== type.constructor)
      found.breaks.push(`${type.name} is ${kindOf(our)}, in the contract ${kindOf(type)}`);
    else compareType(our, type, contract, found);
  }
  return found;
}

interface Findings {
  readonly breaks: string[];
  readonly missing: string[];
}

function compareType(our: GraphQLNamedType, type: GraphQLNamedType, contract: GraphQLSchema, found: Findings): void {
  if ((isObjectType(our) && isObjectType(type)) || (isInterfaceType(our) && isInterfaceType(type)))
    compareFields(type.name, our.getFields(), type.getFields(), found);
  else if (isInputObjectType(our) && isInputObjectType(type)) {
    const inputs = (fields: Readonly<Record<string, GraphQLInputField>>) => Object.values(fields);
    compareInputs((name) => `${type.name}.${name}`, inputs(our.getFields()), inputs(type.getFields()), found);
  } else if (isEnumType(our) && isEnumType(type)) compareValues(our, type, isTaken(type, contract), found);
}

function compareFields(
  type: string,
  ours: GraphQLFieldMap<unknown, unknown>,
  theirs: GraphQLFieldMap<unknown, unknown>,
  found: Findings,
): void {
  for (const field of Object.values(theirs)) {
    const place = `${type}.${field.name}`;
    const our = ours[field.name];
    if (!our) {
      found.missing.push(place);
      continue;
    }
    compareTypes(place, our, field, found);
    compareApplied(place, our, field, found, false);
    compareInputs((name) => `${place}(${name}:)`, our.args, field.args, found);
  }
}

type Input = GraphQLArgument | GraphQLInputField;

function compareInputs(
  place: (name: string) => string,
  ours: readonly Input[],
  theirs: readonly Input[],
  found: Findings,
): void {
  for (const input of theirs) {
    const our = ours.find(({ name }) => name === input.name);
    if (!our) {
      found.missing.push(place(input.name));
      continue;
    }
    compareTypes(place(input.name), our, input, found);
    compareApplied(place(input.name), our, input, found, true);
    const [ourDefault, theirDefault] = [defaultOf(our), defaultOf(input)];
    if (ourDefault !== theirDefault)
      found.breaks.push(`${place(input.name)} defaults to ${ourDefault}, in the contract to ${theirDefault}`);
  }
  for (const our of ours)
    if (isRequired(our) && !theirs.some(({ name }) => name === our.name))
      found.breaks.push(`${place(our.name)} is required, and unknown to the contract`);
}

const isRequired = (input: Input) => isRequiredArgument(input as GraphQLArgument) || isRequiredInputField(input);
const defaultOf = ({ astNode }: Input) => (astNode?.defaultValue ? print(astNode.defaultValue) : "nothing");

function compareTypes(
  place: string,
  our: { readonly type: GraphQLInputType | GraphQLField<unknown, unknown>["type"] },
  their: typeof our,
  found: Findings,
): void {
  if (String(our.type) !== String(their.type))
    found.breaks.push(`${place} is ${our.type}, in the contract ${their.type}`);
}

/** A directive more on an input tells clients more; on an output it changes what they get. */
function compareApplied(
  place: string,
  our: Input | GraphQLField<unknown, unknown>,
  their: typeof our,
  found: Findings,
  mayAdd: boolean,
) {
  const [ours, theirs] = [appliedTo(our), appliedTo(their)];
  const same = mayAdd
    ? [...theirs].every((text) => ours.has(text))
    : [...ours].sort().join() === [...theirs].sort().join();
  const shown = (texts: ReadonlySet<string>) => [...texts].join(" ") || "no directive";
  if (!same) found.breaks.push(`${place} carries ${shown(ours)}, in the contract ${shown(theirs)}`);
}

function compareValues(our: GraphQLEnumType, type: GraphQLEnumType, isInput: boolean, found: Findings): void {
  const [ours, theirs] = [our, type].map((one) => one.getValues().map(({ name }) => name)) as [string[], string[]];
  for (const name of theirs) if (!ours.includes(name)) found.missing.push(`${type.name}.${name}`);
  if (!isInput) return;
  for (const name of ours)
    if (!theirs.includes(name))
      found.breaks.push(`${type.name}.${name} is unknown to the contract, whose clients send this enum`);
}

/** Whether clients send this enum: one that only answers hold may gain values. */
function isTaken(type: GraphQLEnumType, contract: GraphQLSchema): boolean {
  return Object.values(contract.getTypeMap()).some((other) => {
    if (isInputObjectType(other))
      return Object.values(other.getFields()).some((field) => getNamedType(field.type) === type);
    if (!isObjectType(other) || other.name.startsWith("__")) return false;
    return Object.values(other.getFields()).some((field) => field.args.some((arg) => getNamedType(arg.type) === type));
  });
}

function compareDirectives(ours: GraphQLSchema, contract: GraphQLSchema, found: Findings): void {
  for (const directive of contract.getDirectives()) {
    if (isSpecifiedDirective(directive)) continue;
    const our = ours.getDirective(directive.name);
    if (!our) {
      found.missing.push(`@${directive.name}`);
      continue;
    }
    compareInputs((name) => `@${directive.name}(${name}:)`, our.args, directive.args, found);
    const lacking = directive.locations.filter((location) => !our.locations.includes(location));
    if (lacking.length) found.breaks.push(`@${directive.name} cannot stand on ${lacking.join(", ")}`);
  }
}

const kindOf = (type: GraphQLNamedType) => type.constructor.name.replace(/^GraphQL(.*)Type$/, "$1");
