import { Field, ID, InputType, ObjectType, registerEnumType } from "type-graphql";
import { Sensitive } from "../directives/sensitive.js";
import type { RoleName } from "../services/organizations.js";
import type { Read } from "../services/sessions.js";
import { DateTime } from "./scalars.js";

export const Role = { VIEWER: "VIEWER", MEMBER: "MEMBER", ADMIN: "ADMIN", OWNER: "OWNER" } as const satisfies {
  [R in RoleName]: R;
};

registerEnumType(Role, {
  name: "Role",
  description: "Each role may do what the one before may, and more.",
  valuesConfig: {
    VIEWER: { description: "Reads the organization, its members, tables and rows, masked." },
    MEMBER: { description: "Adds, changes and deletes rows, and reveals cells." },
    ADMIN: { description: "Manages tables, columns, provider keys and members below OWNER, and reads the audit log." },
    OWNER: { description: "Makes, changes and removes owners, and deletes the organization." },
  },
});

/** `reader` is not part of the schema: it says for whom members are read. */
@ObjectType({ simpleResolvers: true })
export class Organization implements Read {
  reader!: Read["reader"];

  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Role, { description: "The caller's role." })
  role!: RoleName;

  @Field(() => DateTime)
  createdAt!: string;
}

@ObjectType({ simpleResolvers: true })
export class Member {
  @Field(() => ID)
  id!: string;

  @Field(() => ID, {
    nullable: true,
    description: "Null, like name and joinedAt, until the invited person's next request.",
  })
  userId!: string | null;

  @Field(() => String, { nullable: true })
  name!: string | null;

  @Sensitive("PHONE")
  @Field(() => String, { nullable: true })
  phone!: string | null;

  @Field(() => Role)
  role!: RoleName;

  @Field(() => DateTime, { nullable: true })
  joinedAt!: string | null;
}

@InputType()
export class CreateOrganizationInput {
  @Field(() => String, { description: "1 to 200 characters." })
  name!: string;
}

@InputType()
export class AddMemberInput {
  @Field(() => ID)
  organizationId!: string;

  @Field(() => String)
  phone!: string;

  @Field(() => Role, { defaultValue: Role.MEMBER })
  role!: RoleName;
}

@InputType()
export class UpdateMemberInput {
  @Field(() => ID)
  id!: string;

  @Field(() => Role)
  role!: RoleName;
}
