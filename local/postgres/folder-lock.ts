import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTimeOf } from "./process-identity.ts";

/**
 * Locks a data folder for this process until `release`. Takes over the lock of a dead process.
 * @throws Error if another live process holds the lock
 */
export function lockFolder(directory: string): { release(): void } {
  const path = join(directory, "lock");
  const draft = join(directory, `lock.${process.pid}`);
  refuseLiveHolder(directory, path);
  if (existsSync(path)) {
    // Two processes may get here at the same time. The one that moves away the other's new lock puts it back.
    renameSync(path, draft);
    if (isHeld(draft)) linkSync(draft, path);
    refuseLiveHolder(directory, path);
  }
  writeFileSync(draft, JSON.stringify({ pid: process.pid, start: startTimeOf(process.pid) }));
  try {
    // link() fails for an existing name, and the lock appears with its content. So exactly one of two processes wins.
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
    `The data in ${directory} is in use by another running copy (process ${pid}). Stop that copy first, or set LOCAL_DATA_DIR to another folder.`,
  );
}

function isHeld(path: string): boolean {
  if (!existsSync(path)) return false;
  const { pid, start } = JSON.parse(readFileSync(path, "utf8"));
  return start !== undefined && startTimeOf(pid) === start;
}
