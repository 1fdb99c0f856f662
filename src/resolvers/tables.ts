import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { type Connection, PageArguments, pageOf, toConnection } from "../schema/paging.js";
import {
  AddColumnInput,
  Column,
  CreateTableInput,
  type Row,
  RowConnection,
  Table,
  UpdateColumnInput,
} from "../schema/table.js";
import { type RequestContext, signedIn } from "../services/request.js";

@Resolver(() => Table)
export class TablesResolver {
  @Query(() => [Table])
  tables(@Arg("organizationId", () => ID) organizationId: string, @Ctx() context: RequestContext): Promise<Table[]> {
    return context.services.tables.tables(signedIn(context), organizationId);
  }

  @Query(() => Table)
  table(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<Table> {
    return context.services.tables.table(signedIn(context), id);
  }

  @FieldResolver(() => [Column], { description: "By position." })
  columns(@Root() { id }: Table, @Ctx() { loaders }: RequestContext): Promise<Column[]> {
    return loaders.columns.load(id);
  }

  @FieldResolver(() => Int)
  rowCount(@Root() { id }: Table, @Ctx() { loaders }: RequestContext): Promise<number> {
    return loaders.rowCount.load(id);
  }

  @FieldResolver(() => RowConnection, {
    description: "In order of creation. At most 500 a page, as in every connection.",
  })
  async rows(
    @Root() { id }: Table,
    @Args(() => PageArguments) args: PageArguments,
    @Ctx() { loaders }: RequestContext,
  ): Promise<Connection<Row>> {
    const page = pageOf(args, ["integer"]);
    const rows = await loaders.rows.load({ tableId: id, limit: page.limit, after: Number(page.after?.[0] ?? 0) });
    return toConnection(rows, page, ({ sequence }) => [sequence]);
  }

  @Mutation(() => Table)
  createTable(
    @Arg("input", () => CreateTableInput) input: CreateTableInput,
    @Ctx() context: RequestContext,
  ): Promise<Table> {
    return context.services.tables.createTable(signedIn(context), input);
  }

  @Mutation(() => Table)
  renameTable(
    @Arg("id", () => ID) id: string,
    @Arg("name", () => String) name: string,
    @Ctx() context: RequestContext,
  ): Promise<Table> {
    return context.services.tables.renameTable(signedIn(context), id, name);
  }

  @Mutation(() => Boolean)
  deleteTable(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<boolean> {
    return context.services.tables.deleteTable(signedIn(context), id);
  }

  @Mutation(() => Column)
  addColumn(
    @Arg("input", () => AddColumnInput) { tableId, column }: AddColumnInput,
    @Ctx() context: RequestContext,
  ): Promise<Column> {
    return context.services.tables.addColumn(signedIn(context), tableId, column);
  }

  @Mutation(() => Column, {
    description:
      "Turning sensitive on seals every stored value of the column; turning it off is refused unless unseal is true, needs ADMIN, and is audited.",
  })
  updateColumn(
    @Arg("input", () => UpdateColumnInput) { id, ...changes }: UpdateColumnInput,
    @Ctx() context: RequestContext,
  ): Promise<Column> {
    return context.services.tables.updateColumn(signedIn(context), context.server, id, changes);
  }

  @Mutation(() => Boolean, { description: "Removes the column's cells from every row too." })
  deleteColumn(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<boolean> {
    return context.services.tables.deleteColumn(signedIn(context), id);
  }
}
