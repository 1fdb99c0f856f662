import { setting } from "./setting.js";
import {
  fernetKey,
  longSecret,
  oneOf,
  postgresAddress,
  supabaseAnonKey,
  supabaseServiceKey,
  trueOrFalse,
  webAddress,
} from "./setting-kinds.js";
import { signingKey } from "./signing-key.js";

/** The database, the Supabase project, and the secrets of both. */
export const databaseSettings = {
  databaseUrl: setting({
    name: "DATABASE_URL",
    default: null,
    meaning: "A Postgres server, version 15 or later. Without it an embedded one is started in DATA_DIR.",
    schema: postgresAddress,
  }),
  databaseDriver: setting({
    name: "DATABASE_DRIVER",
    default: null,
    meaning: "`postgres` answers from DATABASE_URL although SUPABASE_SERVICE_KEY is set; `supabase` demands it.",
    schema: oneOf(["postgres", "supabase"]),
  }),
  databaseMigrationUrl: setting({
    name: "DATABASE_MIGRATION_URL",
    default: null,
    meaning: "The role that migrates, where it is not the one of DATABASE_URL; for a Supabase project nothing else.",
    schema: postgresAddress,
  }),
  migrateOnStart: setting({
    name: "MIGRATE_ON_START",
    default: "true",
    meaning: "false leaves migrating to `npm run db:migrate`.",
    schema: trueOrFalse,
  }),
  supabaseUrl: setting({
    name: "SUPABASE_URL",
    default: null,
    meaning: "The Supabase project whose tokens ours look like, and which answers requests where its keys are set too.",
    schema: webAddress,
  }),
  supabaseServiceKey: setting({
    name: "SUPABASE_SERVICE_KEY",
    aliases: ["SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY"],
    default: null,
    meaning: "The project's secret key, sb_secret_..., or its service_role key.",
    schema: supabaseServiceKey,
  }),
  supabaseAnonKey: setting({
    name: "SUPABASE_ANON_KEY",
    aliases: ["SUPABASE_PUBLISHABLE_KEY", "SUPABASE_KEY"],
    default: null,
    meaning: "The project's publishable key, sb_publishable_..., or its anon key.",
    schema: supabaseAnonKey,
  }),
  supabaseJwtSecret: setting({
    name: "SUPABASE_JWT_SECRET",
    default: null,
    meaning: "Signs and checks access tokens, 32 characters or more.",
    schema: longSecret,
    secret: true,
    needlessWhere: "SUPABASE_JWT_PRIVATE_KEY is set",
  }),
  supabaseJwtPrivateKey: setting({
    name: "SUPABASE_JWT_PRIVATE_KEY",
    default: null,
    meaning:
      "Signs access tokens in the secret's place: an ES256 private key as a JSON Web Key with kid, imported into the project.",
    schema: signingKey,
  }),
  databaseSalt: setting({
    name: "DATABASE_SALT",
    default: null,
    meaning:
      "Salts the hashes by which threads are found, and keys x-csrf-token and the file of waiting thread progress; 32 characters or more.",
    schema: longSecret,
    secret: true,
  }),
  vaultRootKey: setting({
    name: "VAULT_ROOT_KEY",
    default: null,
    meaning:
      "Wraps vault secrets where the database has no Supabase Vault, and gives the login role cloakroom_server its password; 32 bytes in URL-safe base64.",
    schema: fernetKey,
    secret: true,
    needlessWhere: "a Supabase project answers by its keys",
  }),
};
