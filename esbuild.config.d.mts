/** The functions: folders under functions/ that have a handler. */
export function functionNames(): Promise<string[]>;
/** Bundles every function whose sources have changed into dist/<name>/; says which. */
export function buildFunctions(): Promise<string[]>;
/** Bytes that a cold start of the function loads: its entry and what that imports statically. */
export function eagerBytes(name: string): Promise<number>;
