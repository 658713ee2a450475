import type { BuildResult, Plugin } from "esbuild";

/** What the bundles leave out of the libraries that they hold, and what they add. */
export const bundlePlugins: Plugin[];

/** Returns the names of the functions: the folders under functions/ with a handler. */
export function functionNames(): Promise<string[]>;
/**
 * Bundles one function into dist/<name>/. Returns the paths of its sources and of this program, and the content of each
 * written file by path. All paths are relative to the repository.
 */
export function buildFunction(
  name: string,
): Promise<{ sources: string[]; programs: string[]; outputs: Map<string, string | Uint8Array> }>;
/** Bundles one function in memory. */
export function bundle(name: string): Promise<BuildResult<{ write: false }>>;
/** Returns the bytes that a cold start of the function loads. `sources` adds the chunks of these lazily imported files. */
export function loadedBytes(name: string, sources?: string[]): Promise<number>;
