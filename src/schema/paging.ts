import { ArgsType, Field, Int, ObjectType } from "type-graphql";
import { badInput } from "../services/errors.js";

@ObjectType({ simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

/** `first: Int! = 50, after: String`, the arguments of every connection. */
@ArgsType()
export class PageArguments {
  @Field(() => Int, { defaultValue: 50 })
  first!: number;

  @Field(() => String, { nullable: true })
  after?: string | null;
}

export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

export interface Connection<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfo;
}

/** The class `<name>Connection` (with its `<name>Edge`) over a node class: `@Field(() => RowConnection)`. */
export function connectionOf<Node extends object>(
  name: string,
  node: () => new () => Node,
): new () => Connection<Node> {
  @ObjectType(`${name}Edge`, { simpleResolvers: true })
  class EdgeClass implements Edge<Node> {
    @Field(() => String)
    readonly cursor!: string;

    @Field(node)
    readonly node!: Node;
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true })
  class ConnectionClass implements Connection<Node> {
    @Field(() => [EdgeClass])
    readonly edges!: readonly Edge<Node>[];

    @Field(() => [node()])
    readonly nodes!: readonly Node[];

    @Field(() => PageInfo)
    readonly pageInfo!: PageInfo;
  }
  return ConnectionClass;
}

export const largestPage = 500;

/** What a cursor holds, so that a forged one is refused here and never reaches a cast in the database. */
export type CursorPart = "time" | "uuid" | "integer";

const forms: Readonly<Record<CursorPart, (value: unknown) => boolean>> = {
  time: (value) =>
    typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]{8,15}(Z|[+-](0\d|1[0-5]):\d\d)$/.test(value) && isTime(value),
  uuid: (value) => typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  integer: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};

/** Postgres knows no year 0, and the 30th of February is the 2nd of March to Date. */
function isTime(value: string): boolean {
  const day = value.slice(0, 10);
  if (Number.isNaN(Date.parse(value)) || value.startsWith("0000")) return false;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** Where a page begins. `limit` is one more than asked for: the extra row says whether there is a next page. */
export interface Page {
  readonly limit: number;
  /** The parts of `after`, null on the first page. */
  readonly after: readonly (string | number)[] | null;
}

/** @throws BAD_USER_INPUT naming `first` or `after` */
export function pageOf({ first, after }: PageArguments, parts: readonly CursorPart[]): Page {
  if (first < 1 || first > largestPage) throw badInput("first", `first must be from 1 to ${largestPage}.`);
  return { limit: first + 1, after: after === null || after === undefined ? null : decodeCursor(after, parts) };
}

export const encodeCursor = (values: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(values)).toString("base64url");

function decodeCursor(cursor: string, parts: readonly CursorPart[]): readonly (string | number)[] {
  const values = parsed(cursor);
  const fits = Array.isArray(values) && values.length === parts.length;
  if (!fits || !parts.every((part, index) => forms[part](values[index])))
    throw badInput("after", "after must be a cursor that this list answered.");
  return values;
}

function parsed(cursor: string): unknown {
  try {
    return cursor.length > 500 ? null : JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return null;
  }
}

/**
 * A connection from the rows that `page.limit` brought, of which the last may be the extra one. Edges and cursors are
 * made when they are asked for: most queries ask for nodes alone.
 */
export function toConnection<Node>(
  rows: readonly Node[],
  page: Page,
  cursorOf: (node: Node) => readonly (string | number)[],
): Connection<Node> {
  const nodes = rows.length < page.limit ? rows : rows.slice(0, page.limit - 1);
  const cursor = (node: Node | undefined) => (node === undefined ? null : encodeCursor(cursorOf(node)));
  return {
    nodes,
    get edges() {
      return nodes.map((node) => ({ cursor: encodeCursor(cursorOf(node)), node }));
    },
    pageInfo: {
      hasNextPage: rows.length >= page.limit,
      hasPreviousPage: page.after !== null,
      get startCursor() {
        return cursor(nodes[0]);
      },
      get endCursor() {
        return cursor(nodes.at(-1));
      },
    },
  };
}
