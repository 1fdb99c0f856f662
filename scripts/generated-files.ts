import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Text by path relative to the project. */
export type GeneratedFiles = Readonly<Record<string, string>>;

export function writeGenerated(files: GeneratedFiles): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** The paths whose committed text is another, or missing. */
export function staleAmong(files: GeneratedFiles): string[] {
  return Object.entries(files).flatMap(([path, text]) => (committed(path) === text ? [] : [path]));
}

function committed(path: string): string | null {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return null;
  }
}

/** Whether a script was started by itself, and not imported. */
export function isCommand(moduleUrl: string): boolean {
  return process.argv[1] === fileURLToPath(moduleUrl);
}
