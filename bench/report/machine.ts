import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { findInstallation } from "#local/postgres/installation.ts";
import type { Results } from "./results.ts";

/** Returns what figures depend on: the class of the machine and the versions. Names neither host nor folder. */
export function describeMachine(): Pick<Results, "machine" | "baselines"> {
  const baselines = join(import.meta.dirname, "../baselines/package.json");
  return {
    machine: {
      platform: `${process.platform} ${process.arch}`,
      cores: availableParallelism(),
      memoryGb: Math.round(totalmem() / 1_073_741_824),
      node: process.versions.node,
      // The package adds its own number to the version of PostgreSQL.
      postgres: findInstallation().version.split(".").slice(0, 2).join("."),
    },
    baselines: JSON.parse(readFileSync(baselines, "utf8")).dependencies,
  };
}
