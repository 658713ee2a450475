import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Creates an empty folder for the data of one twin. The caller removes the folder. */
export function makeTwinFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentic-chat-"));
  // If this process is root, PostgreSQL runs as another user, who needs access.
  chmodSync(folder, 0o755);
  return folder;
}
