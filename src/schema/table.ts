import { Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { MaskStyle } from "../directives/sensitive.js";
import { columnTypes, type ColumnType as ServiceColumnType } from "../services/tables.js";
import { connectionOf } from "./paging.js";
import { DateTime, JSONObject, JSONValue } from "./scalars.js";

export type ColumnType = ServiceColumnType;
export const ColumnType = Object.fromEntries(columnTypes.map((type) => [type, type])) as { [T in ColumnType]: T };
registerEnumType(ColumnType, { name: "ColumnType" });

@ObjectType({ simpleResolvers: true })
export class Table {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  organizationId!: string;

  @Field(() => String)
  name!: string;

  @Field(() => DateTime)
  createdAt!: string;
}

@ObjectType({ simpleResolvers: true })
export class Column {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  tableId!: string;

  @Field(() => String)
  name!: string;

  @Field(() => ColumnType)
  type!: ColumnType;

  @Field(() => Boolean)
  sensitive!: boolean;

  @Field(() => MaskStyle, { nullable: true })
  mask!: MaskStyle | null;

  @Field(() => Boolean)
  required!: boolean;

  @Field(() => [String], { nullable: true, description: "Choices of SELECT and MULTI_SELECT." })
  options!: string[] | null;

  @Field(() => Int, { description: "Counts from 0." })
  position!: number;
}

/** Plain objects as the driver made them: a page has hundreds. */
@ObjectType({ simpleResolvers: true })
export class Row {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  tableId!: string;

  @Field(() => JSONObject, {
    description: "Column id to value; an empty cell is left out. A sensitive value stands here masked.",
  })
  values!: Record<string, unknown>;

  @Field(() => Int, { description: "Goes up with every write; send it back to refuse a lost update." })
  version!: number;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  updatedAt!: string;

  /** What cursors hold; no field. */
  sequence!: number;
}

@ObjectType({ simpleResolvers: true })
export class Cell {
  @Field(() => Column)
  column!: Column;

  @Field(() => JSONValue, { nullable: true, description: "The value, or its mask; null where the cell is empty." })
  value!: unknown;

  @Field(() => Boolean)
  masked!: boolean;
}

export const RowConnection = connectionOf("Row", () => Row);

@InputType()
export class NewColumnInput {
  @Field(() => String, { description: "1 to 200 characters, unique in its table, upper and lower case being one." })
  name!: string;

  @Field(() => ColumnType)
  type!: ColumnType;

  @Field(() => Boolean, { defaultValue: false })
  sensitive!: boolean;

  @Field(() => MaskStyle, { nullable: true, description: "Sensitive columns only; FULL where left out." })
  mask?: MaskStyle | null;

  @Field(() => Boolean, { defaultValue: false })
  required!: boolean;

  @Field(() => [String], { nullable: true, description: "SELECT and MULTI_SELECT, which need them: 1 to 200." })
  options?: string[] | null;
}

@InputType()
export class CreateTableInput {
  @Field(() => ID)
  organizationId!: string;

  @Field(() => String, { description: "1 to 200 characters, unique in its organization." })
  name!: string;

  @Field(() => [NewColumnInput], { defaultValue: [], description: "At most 200." })
  columns!: NewColumnInput[];
}

@InputType()
export class AddColumnInput {
  @Field(() => ID)
  tableId!: string;

  @Field(() => NewColumnInput)
  column!: NewColumnInput;
}

@InputType({ description: "What is left out, or null, stays as it is." })
export class UpdateColumnInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => Boolean, { nullable: true })
  sensitive?: boolean | null;

  @Field(() => Boolean, { nullable: true, defaultValue: false, description: "Must be true where sensitive goes off." })
  unseal?: boolean | null;

  @Field(() => MaskStyle, { nullable: true })
  mask?: MaskStyle | null;

  @Field(() => Boolean, { nullable: true, description: "Refused while a row has no value in the column." })
  required?: boolean | null;

  @Field(() => [String], {
    nullable: true,
    description: "An option that a row holds cannot go; a sensitive column that holds any value loses none.",
  })
  options?: string[] | null;

  @Field(() => Int, { nullable: true, description: "Counts from 0; the columns between move up or down." })
  position?: number | null;
}

@InputType()
export class AddRowsInput {
  @Field(() => ID)
  tableId!: string;

  @Field(() => [JSONObject], { description: "Each maps column id to value." })
  rows!: Record<string, unknown>[];
}

@InputType()
export class UpdateRowInput {
  @Field(() => ID)
  id!: string;

  @Field(() => JSONObject, { description: "Column id to new value; null clears; what is left out stays." })
  values!: Record<string, unknown>;

  @Field(() => Int, { nullable: true })
  expectedVersion?: number | null;
}
