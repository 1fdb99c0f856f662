import "reflect-metadata";
import { buildSchema as buildFromSdl, graphql, isInputObjectType, isObjectType, specifiedDirectives } from "graphql";
import { applyMiddlewareToDeclaredResolvers } from "graphql-middleware";
import { Arg, buildSchema, Field, InputType, Int, ObjectType, Query, Resolver } from "type-graphql";
import { expect, it } from "vitest";
import { printSdl } from "../../src/directives/print-sdl.js";
import { MaskStyle, maskSensitiveFields, Sensitive, styleOf } from "../../src/directives/sensitive.js";

const canary = "canary-secret-value-7f3a";

@ObjectType({ simpleResolvers: true })
class Locker {
  @Sensitive("LAST4")
  @Field(() => String)
  key!: string;

  @Sensitive()
  @Field(() => String, { nullable: true })
  note!: string | null;

  @Sensitive("PHONE")
  @Field(() => [String])
  phones!: string[];

  @Field(() => MaskStyle)
  style!: MaskStyle;
}

@InputType()
class LockerInput {
  @Sensitive()
  @Field(() => String)
  secret!: string;
}

@Resolver()
class LockerResolver {
  @Query(() => Locker)
  locker(@Arg("input", () => LockerInput, { nullable: true }) input?: LockerInput): Locker {
    const key = input?.secret ?? canary;
    return { key, note: null, phones: ["+15551234567", canary], style: "EMAIL" };
  }

  @Sensitive()
  @Query(() => String)
  async word(@Sensitive("LAST4") @Arg("word", () => String) word: string): Promise<string> {
    return word;
  }

  @Sensitive()
  @Query(() => String, { nullable: true })
  wrong(): unknown {
    return { [canary]: 1 };
  }
}

@Resolver()
class CountResolver {
  @Sensitive()
  @Query(() => Int)
  count(): number {
    return 7;
  }

  @Query(() => MaskStyle)
  style(): MaskStyle {
    return "FULL";
  }
}

const schema = maskSensitiveFields(
  applyMiddlewareToDeclaredResolvers(
    await buildSchema({ resolvers: [LockerResolver], validate: false }),
    async (resolve) => resolve(),
  ),
);

it("masks what carries @sensitive, lists item by item, and leaves null", async () => {
  const { data, errors } = await graphql({
    schema,
    source: `{ locker { key note phones style } word(word: "${canary}") }`,
  });
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    locker: { key: "••••••••7f3a", note: null, phones: ["+1••••••••67", "••••••••"], style: "EMAIL" },
    word: "••••••••",
  });
});

it("masks a mask to itself", async () => {
  const source = `{ locker(input: { secret: "••••••••7f3a" }) { key } }`;
  const { data } = await graphql({ schema, source });
  expect(data).toEqual({ locker: { key: "••••••••7f3a" } });
});

it("lets nothing through that is no string", async () => {
  const { data, errors } = await graphql({ schema, source: "{ wrong }" });
  expect(data).toEqual({ wrong: null });
  expect(JSON.stringify(errors)).not.toContain("canary");
});

it("is refused at start on a field that cannot be masked, by name", async () => {
  const unmaskable = await buildSchema({ resolvers: [CountResolver], validate: false });
  expect(() => maskSensitiveFields(unmaskable)).toThrow("@sensitive cannot stand on Query.count: it holds Int");
});

it("prints the directive with its definition wherever it stands, the same text whatever the order", () => {
  const sdl = printSdl(schema);
  expect(sdl).toContain("directive @sensitive(mask: MaskStyle! = FULL) on ");
  expect(sdl).toContain("key: String! @sensitive(mask: LAST4)");
  expect(sdl).toContain("secret: String! @sensitive\n");
  expect(sdl).toContain("word(word: String! @sensitive(mask: LAST4)): String! @sensitive");
  expect(sdl).toContain('"Always eight bullets: ••••••••"'.replaceAll('"', '"""'));
  expect(printSdl(buildFromSdl(sdl))).toBe(sdl);
});

it("can be found in the schema by those who look for it", () => {
  const locker = schema.getType("Locker");
  const input = schema.getType("LockerInput");
  if (!isObjectType(locker) || !isInputObjectType(input)) throw new Error("no such type");
  expect(styleOf({ astNode: locker.getFields().key?.astNode })).toBe("LAST4");
  expect(styleOf({ astNode: locker.getFields().style?.astNode })).toBeNull();
  expect(styleOf({ astNode: input.getFields().secret?.astNode })).toBe("FULL");
});

it("stands beside GraphQL's own directives", async () => {
  const names = schema.getDirectives().map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...specifiedDirectives.map(({ name }) => name), "sensitive"]));
  const { data } = await graphql({ schema, source: "{ locker { style @skip(if: true) note } }" });
  expect(data).toEqual({ locker: { note: null } });
});
