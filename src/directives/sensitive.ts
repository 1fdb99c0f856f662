import {
  DirectiveLocation,
  defaultFieldResolver,
  type FieldDefinitionNode,
  GraphQLDirective,
  type GraphQLField,
  GraphQLNonNull,
  GraphQLSchema,
  getNamedType,
  type InputValueDefinitionNode,
  isEnumType,
  isInterfaceType,
  isObjectType,
} from "graphql";
import { Directive, registerEnumType } from "type-graphql";
import { maskStyles, maskValue, type MaskStyle as Style } from "../services/crypto/masks.js";

export type MaskStyle = Style;
export const MaskStyle = Object.fromEntries(maskStyles.map((style) => [style, style])) as { [S in Style]: S };

registerEnumType(MaskStyle, {
  name: "MaskStyle",
  description: "How a masked value looks. The length of the original never shows.",
  valuesConfig: {
    FULL: { description: "Always eight bullets: ••••••••" },
    LAST4: {
      description:
        "Eight bullets and the last four characters, for values of twelve characters or more; else FULL: ••••••••abcd",
    },
    EMAIL: { description: "First character, bullets and the domain: a••••••••@example.com" },
    PHONE: { description: "Country calling code, bullets and the last two digits: +1••••••••67" },
  },
});

/** Marks an output field, input field or argument as secret or personal; an output field then leaves masked. */
export const Sensitive = (style?: MaskStyle): ReturnType<typeof Directive> =>
  Directive(style ? `@sensitive(mask: ${style})` : "@sensitive");

/**
 * Wraps every output field that carries `@sensitive`, so that whatever its resolver returns leaves the server masked,
 * and defines the directive in the schema. To be applied last: wrapped fields count as declared resolvers, and a
 * middleware would rule over them as such.
 * @throws Error naming `Type.field` where the directive stands on a field that holds no strings and cannot be masked
 */
export function maskSensitiveFields(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const style = styleOf(field);
      if (style) maskField(`${type.name}.${field.name}`, field, style);
    }
  }
  return withDirective(schema);
}

interface Marked {
  readonly astNode?: FieldDefinitionNode | InputValueDefinitionNode | null | undefined;
}

/** The mask of a field, input field or argument; null where it does not carry `@sensitive`. */
export function styleOf({ astNode }: Marked): MaskStyle | null {
  const node = astNode?.directives?.find((directive) => directive.name.value === "sensitive");
  if (!node) return null;
  const value = node.arguments?.find((argument) => argument.name.value === "mask")?.value;
  return value?.kind === "EnumValue" ? (value.value as MaskStyle) : "FULL";
}

function maskField(name: string, field: GraphQLField<unknown, unknown>, style: MaskStyle): void {
  if (!maskStyles.includes(style)) throw new Error(`@sensitive on ${name} names a mask that does not exist.`);
  const { name: holds } = getNamedType(field.type);
  if (holds !== "String" && holds !== "ID")
    throw new Error(`@sensitive cannot stand on ${name}: it holds ${holds}, and only strings can be masked.`);
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (...parameters) => {
    const value: unknown = resolve(...parameters);
    return value instanceof Promise ? value.then((settled) => masked(settled, style)) : masked(value, style);
  };
}

/** Anything but strings, lists and nothing is refused rather than let through. */
function masked(value: unknown, style: MaskStyle): unknown {
  if (value === null || value === undefined) return value;
  if (typeof value === "string") return isMaskedAddress(value, style) ? value : maskValue(value, style);
  if (Array.isArray(value)) return value.map((item) => masked(item, style));
  throw new TypeError("A sensitive field resolved to something that is no string.");
}

/** A handle that is no phone number comes masked as an address already: whatever is its own EMAIL mask hides nothing. */
const isMaskedAddress = (value: string, style: MaskStyle) => style === "PHONE" && maskValue(value, "EMAIL") === value;

/** The argument's type must be the very enum that type-graphql built into this schema: a twin of the name is refused. */
function withDirective(schema: GraphQLSchema): GraphQLSchema {
  const maskStyle = schema.getType("MaskStyle");
  if (!isEnumType(maskStyle)) throw new Error("@sensitive needs the enum MaskStyle in the schema.");
  const sensitive = new GraphQLDirective({
    name: "sensitive",
    description:
      "The value of this field is secret or personal. It leaves the server masked, in the given style, unless the field's\n" +
      "type says how it may be revealed. Clients can find every such field by introspecting the printed schema.",
    locations: [
      DirectiveLocation.FIELD_DEFINITION,
      DirectiveLocation.ARGUMENT_DEFINITION,
      DirectiveLocation.INPUT_FIELD_DEFINITION,
    ],
    args: { mask: { type: new GraphQLNonNull(maskStyle), defaultValue: "FULL" } },
  });
  const config = schema.toConfig();
  const others = config.directives.filter(({ name }) => name !== sensitive.name);
  return new GraphQLSchema({ ...config, directives: [...others, sensitive] });
}
