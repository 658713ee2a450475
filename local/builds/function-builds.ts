import { join } from "node:path";
import { buildFunction } from "../../esbuild.config.mjs";
import { openStamps } from "./stamps.ts";

/** Builds that run in the background. */
export interface FunctionBuilds {
  /**
   * Bundles the functions whose sources have changed. Resolves with the names of those that were built. Rejects with the
   * first failure, and then builds no more.
   */
  start(): Promise<string[]>;
  /** Resolves when the function is bundled, and builds it next. Returns undefined if its bundle is current. */
  bundling(name: string): Promise<void> | undefined;
  /** Starts no more builds, and waits for those that run. */
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, "../..");
/** esbuild uses several processors for one function. With more at once, each function would be ready later. */
const buildsAtOnce = 2;

export function createFunctionBuilds(names: readonly string[]): FunctionBuilds {
  const open = new Map(names.map((name) => [name, Promise.withResolvers<void>()]));
  // `start` reports a failure, also if no request waits for the function.
  for (const { promise } of open.values()) promise.catch(() => {});
  const close = (name: string) => {
    open.get(name)?.resolve();
    open.delete(name);
  };
  let queue: string[] = [];
  let running: Promise<unknown> = Promise.resolve();

  return {
    async start() {
      const stamps = openStamps(root);
      queue = names.filter((name) => !stamps.isCurrent(name));
      for (const name of names) if (!queue.includes(name)) close(name);
      const built: string[] = [];
      const work = async () => {
        for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
          stamps.write(name, await buildFunction(name).catch((error) => failToBuild(name, error)));
          close(name);
          built.push(name);
        }
      };
      const workers = Array.from({ length: buildsAtOnce }, work);
      running = Promise.allSettled(workers);
      try {
        await Promise.all(workers);
      } catch (error) {
        queue = [];
        for (const { reject } of open.values()) reject(error);
        throw error;
      }
      return built.sort();
    },
    bundling(name) {
      const position = queue.indexOf(name);
      if (position > 0) queue.unshift(...queue.splice(position, 1));
      return open.get(name)?.promise;
    },
    async stop() {
      queue = [];
      await running;
    },
  };
}

/** Names the function where the system refuses to write. The message of the compiler names the place itself. */
function failToBuild(name: string, error: Error): never {
  if (!("code" in error)) throw error;
  throw new Error(`The bundle of ${name} cannot be written: ${error.message}`, { cause: error });
}
