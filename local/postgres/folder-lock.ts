import { linkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readIfThere } from "#local/read-if-there.ts";
import { startTimeOf } from "./process-identity.ts";

/**
 * Locks a data folder for this process until `release`. Takes over the lock of a dead process.
 * @throws Error if another live process holds the lock
 */
export function lockFolder(directory: string): { release(): void } {
  const path = join(directory, "lock");
  const draft = join(directory, `lock.${process.pid}`);
  refuseLiveHolder(directory, path);
  if (moveIfThere(path, draft)) {
    // Two processes may get here at the same time. The one that moves away the other's new lock puts it back.
    if (liveHolder(draft)) linkSync(draft, path);
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
  return liveHolder(join(directory, "lock")) !== undefined;
}

function refuseLiveHolder(directory: string, path: string): void {
  const pid = liveHolder(path);
  if (pid === undefined) return;
  throw new Error(
    `The data in ${directory} is in use by another running copy (process ${pid}). Stop that copy first, or set LOCAL_DATA_DIR to another folder.`,
  );
}

/** Returns the pid of the live process that holds the lock. */
function liveHolder(path: string): number | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const { pid, start } = JSON.parse(text);
  return start !== undefined && startTimeOf(pid) === start ? pid : undefined;
}

/** Returns false without the file: another process may have taken the lock away. */
function moveIfThere(path: string, target: string): boolean {
  try {
    renameSync(path, target);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
