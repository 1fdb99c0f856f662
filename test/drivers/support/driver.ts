import type pg from "pg";
import type { Database } from "../../../src/database/port.js";

/** A driver over a migrated database of its own, as the contract suite gets it. */
export interface DriverUnderTest {
  readonly name: string;
  readonly database: Database;
  /** As a superuser, or as near as the server allows: to look behind the boundary. */
  readonly admin: pg.Pool;
  /** A signed access token that holds these claims, which the driver's database takes as proof. */
  mint(claims: Readonly<Record<string, unknown>>): string;
  /** The network between the driver and what it calls. */
  cutNetwork(): Promise<void>;
  mendNetwork(): Promise<void>;
  close(): Promise<void>;
}

export type OpenDriver = () => Promise<DriverUnderTest>;
