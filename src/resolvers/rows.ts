import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { AddRowsInput, Cell, type Column, Row, UpdateRowInput } from "../schema/table.js";
import { type RequestContext, signedIn } from "../services/request.js";

@Resolver(() => Row)
export class RowsResolver {
  @Query(() => Row)
  row(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<Row> {
    return context.services.tables.row(signedIn(context), id);
  }

  @FieldResolver(() => [Cell], { description: "The same, a cell at a time, by position of the columns." })
  async cells(@Root() { tableId, values }: Row, @Ctx() { loaders }: RequestContext): Promise<Cell[]> {
    const columns = await loaders.columns.load(tableId);
    return columns.map((column) => cellOf(column, values[column.id]));
  }

  @Mutation(() => [Row], { description: "At most 1,000 rows a call. All or nothing." })
  addRows(
    @Arg("input", () => AddRowsInput) { tableId, rows }: AddRowsInput,
    @Ctx() context: RequestContext,
  ): Promise<Row[]> {
    return context.services.tables.addRows(signedIn(context), tableId, rows);
  }

  @Mutation(() => Row)
  updateRow(@Arg("input", () => UpdateRowInput) input: UpdateRowInput, @Ctx() context: RequestContext): Promise<Row> {
    return context.services.tables.updateRow(signedIn(context), input);
  }

  @Mutation(() => Int, { description: "At most 1,000 rows of one table a call. All or nothing." })
  deleteRows(@Arg("ids", () => [ID]) ids: string[], @Ctx() context: RequestContext): Promise<number> {
    return context.services.tables.deleteRows(signedIn(context), ids);
  }
}

const cellOf = (column: Column, value: unknown = null): Cell => ({
  column,
  value,
  masked: column.sensitive && value !== null,
});
