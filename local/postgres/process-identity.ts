import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** Returns the start time of a process in the system's format, or undefined if none runs. Pid and start time together are unique. */
export function startTimeOf(pid: number): string | undefined {
  if (!isLinux) return readPs(pid, "lstart=");
  const stat = readProc(pid, "stat");
  // proc(5): field 2, the name in parentheses, may contain blanks. Field 3 is the state (Z = zombie), 22 the start time.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields?.[0] === "Z" ? undefined : fields?.[19];
}

/** Returns the command line of a process, separated by blanks, or undefined if there is no such process. */
export function commandLineOf(pid: number): string | undefined {
  return isLinux ? readProc(pid, "cmdline")?.replaceAll("\0", " ") : readPs(pid, "args=");
}

const isLinux = existsSync("/proc/self/stat");

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch (error) {
    if (
      error instanceof Error &&
      "code" in error &&
      (error.code === "ENOENT" || error.code === "ESRCH")
    )
      return undefined;
    throw error;
  }
}

function readPs(pid: number, column: string): string | undefined {
  try {
    return execFileSync("ps", ["-o", column, "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch (error) {
    // ps exits with 1 if no process has that pid.
    if (error instanceof Error && "status" in error && error.status === 1) return undefined;
    throw error;
  }
}
