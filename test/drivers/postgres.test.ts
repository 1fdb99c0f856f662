import { inject } from "vitest";
import { wholeContract } from "./suite/index.js";
import { contract } from "./support/contract.js";
import { createFreshDatabase } from "./support/fresh-database.js";
import { openPostgres } from "./support/open-postgres.js";
import { startSecondMajor } from "./support/second-major.js";

/** Over the server of DATABASE_URL where there is one (as a superuser), else over another major version than the embedded one's. */
contract(
  "postgres",
  async () => {
    const given = process.env.DATABASE_URL;
    const cluster = given ? null : await startSecondMajor();
    const fresh = await createFreshDatabase(given ?? cluster?.adminUrl ?? "", inject("rootKey"));
    const drop = async () => {
      await fresh.drop();
      await cluster?.close();
    };
    return openPostgres("postgres", { ...fresh, drop });
  },
  wholeContract,
);
