import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTimeOf } from "./process-identity.ts";

/**
 * Claims a data folder for this process, until `release` or its death: the lock of a dead process is taken over.
 * @throws Error when another live process holds the folder.
 */
export function lockFolder(directory: string): { release(): void } {
  const path = join(directory, "lock");
  const draft = join(directory, `lock.${process.pid}`);
  refuseLiveHolder(directory, path);
  if (existsSync(path)) {
    // Two starters may come here together: whoever moves away a lock that the other just made puts it back.
    renameSync(path, draft);
    if (isHeld(draft)) linkSync(draft, path);
    refuseLiveHolder(directory, path);
  }
  writeFileSync(draft, JSON.stringify({ pid: process.pid, start: startTimeOf(process.pid) }));
  try {
    // link() refuses an existing name, and the lock appears with its content: of two starters one wins.
    linkSync(draft, path);
  } catch (error) {
    refuseLiveHolder(directory, path);
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return { release: () => rmSync(path, { force: true }) };
}

/** Whether a live process holds the folder. */
export function isLocked(directory: string): boolean {
  return isHeld(join(directory, "lock"));
}

function refuseLiveHolder(directory: string, path: string): void {
  if (!isHeld(path)) return;
  const { pid } = JSON.parse(readFileSync(path, "utf8"));
  throw new Error(
    `The data in ${directory} is in use by another running copy (process ${pid}). Stop that one first, or set LOCAL_DATA_DIR to another folder.`,
  );
}

function isHeld(path: string): boolean {
  if (!existsSync(path)) return false;
  const { pid, start } = JSON.parse(readFileSync(path, "utf8"));
  return start !== undefined && startTimeOf(pid) === start;
}
