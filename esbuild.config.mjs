import { glob, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { bundlePlugins } from "./esbuild.plugins.mjs";

export { bundlePlugins };

/** esbuild's paths are relative to this folder, so that the same sources give the same bytes in every checkout. */
const root = import.meta.dirname;

/** What decides a bundle beside its sources. */
const programs = ["esbuild.config.mjs", "esbuild.plugins.mjs"];

/** Returns the names of the functions: the folders under functions/ with a handler. */
export async function functionNames() {
  const handlers = await Array.fromAsync(glob("functions/*/handler.ts", { cwd: root }));
  return handlers.map((path) => basename(dirname(path))).sort();
}

/**
 * Returns the bytes that a cold start of the function loads: its entry and all static imports. `sources` adds the chunks
 * of these lazily imported files.
 */
export async function loadedBytes(name, sources = []) {
  const { outputs } = await readMetafile(name);
  const chunkOf = (source) => {
    const chunk = Object.keys(outputs).find((path) => outputs[path].entryPoint === source);
    if (chunk === undefined) throw new Error(`${name} imports no ${source} lazily.`);
    return chunk;
  };
  const waiting = [`dist/${name}/index.mjs`, ...sources.map(chunkOf)];
  const loaded = new Set(waiting);
  for (const path of waiting) {
    for (const imported of outputs[path].imports) {
      if (imported.kind !== "import-statement" || imported.external || loaded.has(imported.path))
        continue;
      loaded.add(imported.path);
      waiting.push(imported.path);
    }
  }
  return [...loaded].reduce((total, path) => total + outputs[path].bytes, 0);
}

/**
 * Bundles one function into dist/<name>/. Returns the paths of its sources and of this program, and the content of each
 * written file by path. All paths are relative to the repository.
 */
export async function buildFunction(name) {
  const { outputFiles, metafile } = await bundle(name);
  await writeBundle(name, outputFiles);
  const description = JSON.stringify(metafile);
  await replaceFile(metafilePath(name), description);
  const outputs = new Map(
    outputFiles.map(({ path, contents }) => [relative(root, path), contents]),
  );
  outputs.set(relative(root, metafilePath(name)), description);
  return { sources: Object.keys(metafile.inputs), programs, outputs };
}

/** Bundles one function in memory: an ES module, and chunks that load only when used. */
export function bundle(name) {
  return build({
    absWorkingDir: root,
    entryPoints: { index: `functions/${name}/handler.ts` },
    outdir: `dist/${name}`,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    conditions: ["module"],
    minify: true,
    legalComments: "none",
    loader: { ".wasm": "file" },
    plugins: bundlePlugins,
    external: credentialsOutsideLambda,
    // Bundled CommonJS packages call require for Node's own modules.
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
    metafile: true,
    write: false,
    logLevel: "warning",
  });
}

/**
 * Excluded from the bundle. Lambda provides credentials in the environment, which the AWS SDK reads first. These other
 * sources exist only on a developer's machine, whose node_modules has them. Bundled, they would add clients for STS and
 * SSO, and their protocols, to every cold start.
 */
const credentialsOutsideLambda = ["sso", "ini", "process", "web-identity"].map(
  (source) => `@aws-sdk/credential-provider-${source}`,
);

/** Writes the entry last and each file atomically, so that a process that starts meanwhile sees a complete bundle. */
async function writeBundle(name, files) {
  const folder = join(root, "dist", name);
  await mkdir(folder, { recursive: true });
  const isEntry = ({ path }) => Number(basename(path) === "index.mjs");
  const chunksFirst = files.toSorted((a, b) => isEntry(a) - isEntry(b));
  for (const { path, contents } of chunksFirst) await replaceFile(path, contents);
  const current = new Set(files.map(({ path }) => basename(path)));
  // Other files may be drafts of a concurrent build.
  const stale = (await readdir(folder)).filter(
    (file) => /\.(mjs|wasm)$/.test(file) && !current.has(file),
  );
  await Promise.all(stale.map((file) => rm(join(folder, file), { force: true })));
}

async function replaceFile(path, contents) {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, contents);
  await rename(draft, path);
}

const metafilePath = (name) => join(root, "dist", `${name}.meta.json`);

async function readMetafile(name) {
  return JSON.parse(await readFile(metafilePath(name), "utf8"));
}

// For a deployment: bundles every function from scratch. `npm start` uses the bundles while their sources do not change.
if (import.meta.main) {
  const started = performance.now();
  const { openStamps } = await import("./local/builds/stamps.ts");
  const stamps = openStamps(root);
  const names = await functionNames();
  await Promise.all(names.map(async (name) => stamps.write(name, await buildFunction(name))));
  for (const name of names) {
    console.log(`${name}: ${Math.ceil((await loadedBytes(name)) / 1024)} KB at a cold start`);
  }
  console.log(`Bundled ${names.length} functions in ${Math.round(performance.now() - started)} ms`);
}
