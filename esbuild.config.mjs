import { existsSync, statSync } from "node:fs";
import { glob, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";

/** Paths that esbuild sees are relative to it: the same sources give the same bytes wherever the checkout lies. */
const root = import.meta.dirname;

/** The functions: folders under functions/ that have a handler. */
export async function functionNames() {
  const handlers = await Array.fromAsync(glob("functions/*/handler.ts", { cwd: root }));
  return handlers.map((path) => basename(dirname(path))).sort();
}

/** Bundles every function whose sources have changed into dist/<name>/; says which. */
export async function buildFunctions() {
  const names = await functionNames();
  const built = await Promise.all(
    names.map(async (name) => ((await isFresh(name)) ? [] : [await buildFunction(name)])),
  );
  return built.flat();
}

/**
 * Bytes that a cold start of the function loads: its entry and what that imports statically; with `sources`, also
 * what the lazily imported ones among them bring.
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

async function buildFunction(name) {
  const startedAt = Date.now();
  const { outputFiles, metafile } = await bundle(name);
  await writeBundle(name, outputFiles);
  const sourceBytes = sizesOf(Object.keys(metafile.inputs));
  await replaceFile(metafilePath(name), JSON.stringify({ startedAt, sourceBytes, ...metafile }));
  return name;
}

/** One ES module, and chunks beside it that are loaded only when used; in memory. */
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
    plugins: [httpWithoutUndici, versionOfPackage, onlyHttp1],
    external: credentialsOutsideLambda,
    // CommonJS packages inside an ES module still call require for Node's own modules.
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
    metafile: true,
    write: false,
    logLevel: "warning",
  });
}

/**
 * `import … from "node:http"` makes Node evaluate every getter of that module, and `WebSocket` loads all of undici:
 * 30 ms of a cold start (nodejs/node#59686). Reading the same module without its ES facade does not.
 */
const httpWithoutUndici = {
  name: "http-without-undici",
  setup({ onResolve, onLoad }) {
    const used = Object.keys(http).filter(
      (name) => !["WebSocket", "CloseEvent", "MessageEvent"].includes(name),
    );
    onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === "import-statement" ? { path: "http", namespace: "builtin" } : undefined,
    );
    onLoad({ filter: /^http$/, namespace: "builtin" }, () => ({
      contents: `const http = process.getBuiltinModule("node:http");
        export default http;
        export const { ${used.join(", ")} } = http;`,
    }));
  },
};

/**
 * Lambda hands credentials over in the environment, where the AWS SDK looks first. The places that it looks at next
 * exist on a developer's machine alone, whose node_modules has them; bundled, they would bring clients for STS and
 * SSO and hold their XML and query protocols in the part that every cold start loads.
 */
const credentialsOutsideLambda = ["sso", "ini", "process", "web-identity"].map(
  (source) => `@aws-sdk/credential-provider-${source}`,
);

/** The AWS SDK imports its whole package.json, 4 KB for each client, to say its version in the user agent. */
const versionOfPackage = {
  name: "version-of-package",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@aws-sdk[\\/].*[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** Every client of ours speaks HTTP/1.1 (lib/agent/model/bedrock-client.ts says why); Bedrock's brings the other one along. */
const onlyHttp1 = {
  name: "only-http1",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node-http-handler[\\/]dist-es[\\/]node-http2-handler\.js$/ }, () => ({
      contents: 'export { NodeHttpHandler as NodeHttp2Handler } from "./node-http-handler";',
    }));
  },
};

/** Whether nothing that the last build read has changed since. */
async function isFresh(name) {
  if (!existsSync(metafilePath(name))) return false;
  const { startedAt, sourceBytes, outputs } = await readMetafile(name);
  return (
    ["esbuild.config.mjs", "package-lock.json"].every((path) => isOlder(path, startedAt)) &&
    Object.entries(sourceBytes).every(([path, bytes]) => isOlder(path, startedAt, bytes)) &&
    Object.keys(outputs).every((path) => existsSync(join(root, path)))
  );
}

/** npm dates the files of a package 1985, whatever its version. Only the size shows that such a file has changed. */
function isOlder(path, time, bytes) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  return (
    stats !== undefined && stats.mtimeMs < time && (bytes === undefined || stats.size === bytes)
  );
}

/** Sizes on disk by path. esbuild reports other ones for files whose content a plugin replaces. */
function sizesOf(inputs) {
  const files = inputs.filter((path) => existsSync(join(root, path)));
  return Object.fromEntries(files.map((path) => [path, statSync(join(root, path)).size]));
}

/** The entry comes last and each file at once, so that a process which starts meanwhile sees a whole bundle. */
async function writeBundle(name, files) {
  const folder = join(root, "dist", name);
  await mkdir(folder, { recursive: true });
  const isEntry = ({ path }) => Number(basename(path) === "index.mjs");
  const chunksFirst = files.toSorted((a, b) => isEntry(a) - isEntry(b));
  for (const { path, contents } of chunksFirst) await replaceFile(path, contents);
  const current = new Set(files.map(({ path }) => basename(path)));
  // What ends in .mjs only: drafts of another process that builds the same are not ours to remove.
  const stale = (await readdir(folder)).filter((file) => /\.mjs$/.test(file) && !current.has(file));
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

if (import.meta.main) {
  const started = performance.now();
  const built = await buildFunctions();
  for (const name of built) {
    console.log(`${name}: ${Math.ceil((await loadedBytes(name)) / 1024)} KB at a cold start`);
  }
  console.log(`Bundled ${built.length} functions in ${Math.round(performance.now() - started)} ms`);
}
