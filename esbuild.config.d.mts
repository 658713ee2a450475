import type { BuildResult } from "esbuild";

/** The functions: folders under functions/ that have a handler. */
export function functionNames(): Promise<string[]>;
/** Bundles every function whose sources have changed into dist/<name>/; says which. */
export function buildFunctions(): Promise<string[]>;
/** The files of one function's bundle, in memory. */
export function bundle(name: string): Promise<BuildResult<{ write: false }>>;
/** Bytes that a cold start of the function loads; with `sources`, also what these lazily imported ones bring. */
export function loadedBytes(name: string, sources?: string[]): Promise<number>;
