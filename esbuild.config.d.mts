import type { BuildResult } from "esbuild";

/** Returns the names of the functions: the folders under functions/ with a handler. */
export function functionNames(): Promise<string[]>;
/** Bundles every function whose sources have changed into dist/<name>/. Returns their names. */
export function buildFunctions(): Promise<string[]>;
/** Bundles one function in memory. */
export function bundle(name: string): Promise<BuildResult<{ write: false }>>;
/** Returns the bytes that a cold start of the function loads. `sources` adds the chunks of these lazily imported files. */
export function loadedBytes(name: string, sources?: string[]): Promise<number>;
