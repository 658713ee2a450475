import { rmSync } from "node:fs";
import { makeTwinFolder } from "#test/support/twin-folder.ts";
import { type Build, buildCommit, buildThis, installBaselines } from "./builds/build.ts";
import type { Load, LoadResult } from "./processes/load.ts";
import type { Party } from "./samples.ts";
import { type Commons, type Server, startCommons, startPlain } from "./servers.ts";

/** How much the benchmark measures. */
export interface Size {
  rounds: number;
  /** Turns that each process runs before it is measured. */
  warmUpTurns: number;
  /** Turns of one server in a round, with tokens at 0 ms and at 10 ms. */
  turns: number;
  slowTurns: number;
  /** Turns of one process before its memory is measured. */
  memoryTurns: number;
}

/** What every section of the benchmark works with. */
export interface Bench {
  size: Size;
  commons: Commons;
  builds: readonly { party: Party; build: Build }[];
  /** Folder with the baselines and their packages. */
  baselines: string;
  /** For files of the run. */
  folder: string;
  /** Writes progress. */
  note(text: string): void;
  /** Sends turns in a new session. */
  run(server: Server, load: Pick<Load, "turns"> & Partial<Load>): Promise<LoadResult>;
}

/** Builds, and starts the processes that all sections share. They end with `cleanUp`. */
export async function startBench(
  options: { size: Size; against: string | undefined; note: (text: string) => void },
  cleanUp: AsyncDisposableStack,
): Promise<Bench> {
  const { size, against, note } = options;
  const folder = makeTwinFolder();
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  const baselines = await installBaselines();
  const builds: { party: Party; build: Build }[] = [{ party: "this", build: await buildThis() }];
  if (against !== undefined) {
    builds.push({ party: "earlier", build: await buildCommit(against, cleanUp) });
  }
  note(`built ${builds.map(({ build }) => build.name).join(" and ")}`);
  const commons = await startCommons(cleanUp);
  return {
    size,
    commons,
    builds,
    baselines,
    folder,
    note,
    async run(server, load) {
      const headers = load.headers ?? (await server.logIn());
      return commons.load.call<LoadResult>("run", {
        url: server.chatUrl,
        streamOrigin: server.streamOrigin,
        concurrency: 1,
        ...load,
        headers,
      });
    },
  };
}

/** Starts the plain server on an empty database. */
export async function startPlainOn(
  { commons, baselines }: Bench,
  database: string,
  cleanUp: AsyncDisposableStack,
): Promise<Server> {
  const { ownerUrl } = await commons.createStores(database);
  const { modelEndpoint } = commons;
  return startPlain({ modelEndpoint, databaseUrl: ownerUrl }, baselines, cleanUp);
}
