import { readdir, readFile } from "node:fs/promises";
import http from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

// What the bundles leave out of the libraries that they hold. docs/decisions/009 has the sizes.

/**
 * Saves 30 ms of a cold start (nodejs/node#59686). `import … from "node:http"` evaluates every getter of the module, and
 * the getter of `WebSocket` loads undici, as does `import("node:http")`. `process.getBuiltinModule` returns the module
 * without evaluating them.
 */
const httpWithoutUndici = {
  name: "http-without-undici",
  setup({ onResolve, onLoad }) {
    const used = Object.keys(http).filter(
      (name) => !["WebSocket", "CloseEvent", "MessageEvent"].includes(name),
    );
    onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === "require-call" ? undefined : { path: "http", namespace: "builtin" },
    );
    onLoad({ filter: /^http$/, namespace: "builtin" }, () => ({
      contents: `const http = process.getBuiltinModule("node:http");
        export default http;
        export const { ${used.join(", ")} } = http;`,
    }));
  },
};

/** The AWS SDK imports its whole package.json, 4 KB for each client, for the version in its user agent. */
const versionOfPackage = {
  name: "version-of-package",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@aws-sdk[\\/].*[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/**
 * Libraries that our libraries import and our functions never call. Each is replaced by what runs of it. If a new version
 * of an importer calls more, the bundle throws in the first test that runs a turn.
 */
const unusedLibraries = {
  // LangChain checks schemas and structured output with them. Our tools use valibot, and the agent asks for neither.
  zod: "module.exports = {};",
  "@cfworker/json-schema": "module.exports = {};",
  // The checkpointer's own connections to PostgreSQL. lib/thread/ passes statements to Neon's driver instead.
  pg: "module.exports = { Pool: class {} };",
  // LangChain makes a RunTree for each step, also of a run that nothing traces (lib/agent/untraced.ts).
  langsmith: `
    class RunTree {}
    module.exports = {
      RunTree,
      isRunTree: (value) => value instanceof RunTree,
      isTraceableFunction: () => false,
      // LangChain calls it for each step, and would catch the TypeError of a missing function, which costs 1 ms a turn.
      getCurrentRunTree: () => undefined,
    };`,
};

const withoutUnusedLibraries = {
  name: "without-unused-libraries",
  setup({ onResolve, onLoad }) {
    // The client of MCP checks every message with zod, in a chunk of its own.
    const usesZod = /[\\/]node_modules[\\/](@modelcontextprotocol|zod)[\\/]/;
    for (const [library, contents] of Object.entries(unusedLibraries)) {
      onResolve({ filter: new RegExp(`^${library}(/|$)`) }, ({ importer }) =>
        library === "zod" && usesZod.test(importer)
          ? undefined
          : { path: library, namespace: "unused", sideEffects: false },
      );
      onLoad({ filter: new RegExp(`^${library}$`), namespace: "unused" }, () => ({ contents }));
    }
  },
};

/**
 * PostgreSQL's grammar loads its WebAssembly from the folder of its own file. In a bundle that is the folder of the chunk, into
 * which esbuild copies the file.
 */
const grammarBesideBundle = {
  name: "grammar-beside-bundle",
  setup({ onResolve, onLoad }) {
    onLoad({ filter: /[\\/]libpg-query[\\/]wasm[\\/]libpg-query\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source
        .replace(
          'scriptDirectory=__dirname+"/"',
          'scriptDirectory=require("bundle-folder").path+"/"',
        )
        .replace('locateFile("libpg-query.wasm")', 'locateFile(require("./libpg-query.wasm"))');
      return { contents, loader: "js" };
    });
    onResolve({ filter: /^bundle-folder$/ }, () => ({
      path: "bundle-folder",
      namespace: "bundle-folder",
    }));
    onLoad({ filter: /./, namespace: "bundle-folder" }, () => ({
      contents: "export const path = import.meta.dirname;",
    }));
  },
};

/**
 * LangChain's packages do not declare that their modules have no side effects, so esbuild would keep every module that
 * one of them imports.
 */
const langChainWithoutSideEffects = {
  name: "langchain-without-side-effects",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^(@langchain\/|\.)/ }, async ({ path, pluginData, ...from }) => {
      const isOfLangChain = /[\\/]node_modules[\\/]@langchain[\\/]/;
      if (pluginData === langChainWithoutSideEffects) return undefined;
      if (path.startsWith(".") && !isOfLangChain.test(from.importer)) return undefined;
      const { kind, importer, resolveDir } = from;
      const options = { kind, importer, resolveDir, pluginData: langChainWithoutSideEffects };
      return { ...(await resolve(path, options)), sideEffects: false };
    });
  },
};

/**
 * LangChain revives a stored object by its class, and for that imports its whole core library. Our checkpoints store
 * messages only. Fewer classes are also fewer that a damaged checkpoint can create.
 */
const onlyStoredClasses = {
  name: "only-stored-classes",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@langchain[\\/]core[\\/]dist[\\/]load[\\/]import_map\.js$/ }, () => ({
      contents: `import { messages_exports as messages } from "../messages/index.js";
        export const import_map_exports = { messages };`,
    }));
  },
};

/**
 * The client of MCP imports jose for OAuth, which lib/mcp/ does not use. Because it imports the whole library, every
 * function that checks sessions would load the whole library.
 */
const mcpWithoutJose = {
  name: "mcp-without-jose",
  setup({ onResolve }) {
    const isOfMcp = /[\\/]node_modules[\\/]@modelcontextprotocol[\\/]/;
    onResolve({ filter: /^jose$/ }, ({ importer, kind }) =>
      kind === "dynamic-import" && isOfMcp.test(importer)
        ? { path: "jose", external: true }
        : undefined,
    );
  },
};

/**
 * The client of MCP would check results with Ajv, which is a third of the client's size and makes code out of a schema
 * that a server wrote. The same package has a validator that makes none; lib/mcp/argument-checker.ts uses it, too.
 */
const mcpWithoutAjv = {
  name: "mcp-without-ajv",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@modelcontextprotocol\/client\/_shims$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: "mcp-shims",
      pluginData: resolveDir,
    }));
    onLoad({ filter: /./, namespace: "mcp-shims" }, ({ pluginData: resolveDir }) => ({
      contents: `export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from "@modelcontextprotocol/client/validators/cf-worker";
        export const CORS_IS_POSSIBLE = false;`,
      resolveDir,
    }));
  },
};

/** Our server of MCP checks no answer with a schema: lib/facades/mcp-request.ts reads what a user decides. */
const mcpServerWithoutAjv = {
  name: "mcp-server-without-ajv",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, ({ path }) => ({
      path,
      namespace: "mcp-server-shims",
      sideEffects: false,
    }));
    onLoad({ filter: /./, namespace: "mcp-server-shims" }, () => ({
      contents: `export class DefaultJsonSchemaValidator {}
        export const { process } = globalThis;`,
    }));
  },
};

/**
 * pdf.js reads its 168 character maps from a folder, and a bundle has no folder beside it. A chunk of their own holds them: 1.5 MB, which
 * load when a file needs one.
 */
const characterMapsInside = {
  name: "character-maps-inside",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]reading[\\/]pdf[\\/]character-maps\.ts$/ }, async () => {
      const folder = dirname(
        createRequire(import.meta.url).resolve("pdfjs-dist/cmaps/UniJIS-UCS2-H.bcmap"),
      );
      const names = (await readdir(folder)).filter((name) => name.endsWith(".bcmap")).sort();
      const maps = await Promise.all(
        names.map(async (name) => [name, await readFile(join(folder, name), "base64")]),
      );
      return {
        contents: `const maps = ${JSON.stringify(Object.fromEntries(maps))};
          export const readCharacterMap = async (filename) => new Uint8Array(Buffer.from(maps[filename], "base64"));`,
      };
    });
  },
};

export const bundlePlugins = [
  httpWithoutUndici,
  versionOfPackage,
  withoutUnusedLibraries,
  grammarBesideBundle,
  langChainWithoutSideEffects,
  onlyStoredClasses,
  mcpWithoutJose,
  mcpWithoutAjv,
  mcpServerWithoutAjv,
  characterMapsInside,
];
