import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { builtInServices } from "../src/config/oauth-built-in.js";
import { variablePrefixOf } from "../src/config/oauth-services.js";
import type { Setting } from "../src/config/setting.js";
import { settingsTable } from "../src/config/settings.js";

const target = fileURLToPath(new URL("../.env.example", import.meta.url));

/** `.env.example`: every setting that the server reads, its meaning, and its default commented out. */
export function renderEnvExample(): string {
  const entries = Object.values<Setting>(settingsTable).map(renderSetting);
  return `${intro}\n${entries.join("\n")}\n${renderClients()}`;
}

/** One pair for each service that is built in; others are named the same way. */
function renderClients(): string {
  const pairs = Object.keys(builtInServices).map((service) => {
    const prefix = variablePrefixOf(service);
    return `# ${prefix}_CLIENT_ID=\n# ${prefix}_CLIENT_SECRET=\n`;
  });
  return `# This server as a client of the services that organizations connect, as registered there.\n${pairs.join("")}`;
}

const intro = `# Settings of Cloakroom, printed from src/config/settings.ts by \`npm run gen:env\`.
# Copy to .env, which the server and \`npm run db:migrate\` read; what the environment sets wins. Any setting can also
# come from a file: NAME_FILE=/run/secrets/name.
`;

function renderSetting(entry: Setting): string {
  const unless = entry.needlessWhere ? `; not needed where ${entry.needlessWhere}` : "";
  const made = entry.secret
    ? `\n# Generated into DATA_DIR/secrets.json outside production, demanded in production${unless}.`
    : "";
  const also = entry.aliases ? ` Also ${entry.aliases.join(", ")}.` : "";
  return `# ${entry.meaning}${also}${made}\n# ${entry.name}=${entry.default ?? ""}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, renderEnvExample());
