import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An empty folder for the data of one twin; whoever makes it removes it. */
export function makeTwinFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentic-chat-"));
  // Postgres runs as another user where this runs as root, and has to get in.
  chmodSync(folder, 0o755);
  return folder;
}
