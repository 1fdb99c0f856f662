import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Setting, settingsTable } from "../src/config/settings.js";

const target = fileURLToPath(new URL("../.env.example", import.meta.url));

/** `.env.example`: every setting that the server reads, its meaning, and its default commented out. */
export function renderEnvExample(): string {
  const entries = Object.values<Setting>(settingsTable).map(renderSetting);
  return `${intro}\n${entries.join("\n")}`;
}

const intro = `# Settings of Cloakroom, printed from src/config/settings.ts by \`npm run gen:env\`.
# Copy to .env, which \`npm start\` reads; what the environment sets wins. Any setting can also come from a file:
# NAME_FILE=/run/secrets/name.
`;

function renderSetting(entry: Setting): string {
  const made = entry.secret
    ? "\n# Generated into DATA_DIR/secrets.json outside production; demanded in production."
    : "";
  const also = entry.aliases ? ` Also ${entry.aliases.join(", ")}.` : "";
  return `# ${entry.meaning}${also}${made}\n# ${entry.name}=${entry.default ?? ""}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, renderEnvExample());
