import { watch } from "node:fs";
import { join } from "node:path";
import { functionNames } from "../esbuild.config.mjs";
import { createFunctionBuilds } from "./builds/function-builds.ts";
import { buildPage } from "./builds/page-build.ts";
import type { Twin } from "./twin.ts";

const root = join(import.meta.dirname, "..");
/** Waits until an editor has written a file, which takes several steps. */
const settleMs = 50;

/** Rebuilds functions and page when their sources change. The next request gets the new build. */
export function rebuildOnChange(twin: Pick<Twin, "reloadFunctions" | "bundled">): {
  close(): void;
} {
  const watchers = ["functions", "lib", "frontend"].map((folder) =>
    watch(join(root, folder), { recursive: true }, () => timer.refresh()),
  );
  let building: Promise<unknown> = twin.bundled;
  const timer = setTimeout(() => {
    // Builds run one after the other, so that a change during a build starts another build.
    building = building.then(
      () => rebuild(twin),
      () => {}, // The first build has failed. The start reports it and ends the twin.
    );
  }, settleMs);
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

async function rebuild(twin: Pick<Twin, "reloadFunctions">): Promise<void> {
  const startedAt = performance.now();
  try {
    const built = await createFunctionBuilds(await functionNames()).start();
    if (built.length > 0) await twin.reloadFunctions();
    if (await buildPage()) built.push("the page");
    if (built.length === 0) return;
    console.log(`  Built ${built.join(", ")} in ${Math.round(performance.now() - startedAt)} ms`);
  } catch {
    // The builder has printed its errors.
    console.log("  The build failed. The previous build still runs.");
  }
}
