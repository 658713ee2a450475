// `npm run bench`: measures this build beside a plain server, the limit and, with --against, an earlier build.
import { rmSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { makeTwinFolder } from "#test/support/twin-folder.ts";
import { buildCommit, buildThis, installBaselines } from "./builds/build.ts";
import type { LoadResult } from "./processes/load.ts";
import {
  prepareBuild,
  type Server,
  startCommons,
  startFunction,
  startLimit,
  startPlain,
  startTwinUrl,
} from "./servers.ts";
import { median, medianRatio } from "./statistics.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    against: { type: "string" },
    rounds: { type: "string", default: "5" },
  },
});
const size = options.quick
  ? { warmUp: 200, turns: 30, slowTurns: 4 }
  : { warmUp: 500, turns: 100, slowTurns: 10 };

const cleanUp = new AsyncDisposableStack();
const folder = makeTwinFolder();
cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => void cleanUp.disposeAsync().finally(() => process.exit(130)));
}

try {
  const startedAt = performance.now();
  const note = (text: string) =>
    console.error(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${text}`);
  const [baselines, build] = [await installBaselines(), await buildThis()];
  const earlier =
    options.against === undefined ? undefined : await buildCommit(options.against, cleanUp);
  note("built");
  const commons = await startCommons(cleanUp);
  const builds = await Promise.all(
    [build, ...(earlier ? [earlier] : [])].map((one) => prepareBuild(one, commons, cleanUp)),
  );
  const servers = new Map<string, Server>();
  for (const prepared of builds) {
    servers.set(prepared.build.name, await startFunction(prepared, cleanUp));
    servers.set(`${prepared.build.name} twin`, await startTwinUrl(prepared, cleanUp, folder));
  }
  servers.set("plain", await startPlain(commons, baselines, cleanUp));
  servers.set("limit", await startLimit(baselines, cleanUp, 0));
  note("started");

  const load = async (server: Server, turns: number, concurrency = 1) =>
    commons.load.call<LoadResult>("run", {
      url: server.chatUrl,
      headers: await server.logIn(),
      turns,
      concurrency,
    });
  for (const [name, server] of servers) {
    await load(server, name.endsWith("twin") ? 20 : size.warmUp);
    note(`${name} is warm`);
  }
  const samples: Record<string, Record<string, number[]>> = {};
  const add = (row: string, name: string, value: number) => {
    samples[row] ??= {};
    const list = samples[row][name] ?? [];
    list.push(value);
    samples[row][name] = list;
  };
  for (let round = 0; round < Number(options.rounds); round += 1) {
    await commons.model.call("setTokenMs", 0);
    for (const [name, server] of servers) {
      const before = await server.program.usage();
      const { turns } = await load(server, size.turns);
      const after = await server.program.usage();
      add("first token ms", name, median(turns.map((t) => t.firstTokenMs)));
      add("end ms", name, median(turns.map((t) => t.endMs)));
      add("cpu ms", name, (after.cpuMs - before.cpuMs) / size.turns);
      add("answer bytes per token", name, median(turns.map((t) => t.answerBytes)) / 40);
      add("body bytes per token", name, median(turns.map((t) => t.bodyBytes)) / 40);
    }
    await commons.model.call("setTokenMs", 10);
    for (const [name, server] of servers) {
      if (name === "limit") continue;
      await commons.model.call("setTokenMs", 10);
      const { turns } = await load(server, size.slowTurns);
      const waits = await commons.model.call<number[]>("firstTokenWaits");
      add(
        "10ms: first token over model ms",
        name,
        median(turns.map((t) => t.firstTokenMs)) - median(waits),
      );
      add("10ms: answer bytes per token", name, median(turns.map((t) => t.answerBytes)) / 40);
      add("10ms: body bytes per token", name, median(turns.map((t) => t.bodyBytes)) / 40);
    }
    note(`round ${round + 1}`);
  }
  for (const [row, values] of Object.entries(samples)) {
    console.log(row);
    for (const [name, list] of Object.entries(values))
      console.log(
        `   ${name.padEnd(14)} ${median(list).toFixed(2).padStart(8)}  ${["plain", "limit", earlier?.name ?? ""].map((o) => (values[o] ? `${o} ${medianRatio(list, values[o]).toFixed(2)}` : "")).join("  ")}   [${list.map((v) => v.toFixed(1)).join(" ")}]`,
      );
  }
  console.log("load", loadavg(), await commons.model.call("rejections"));
} finally {
  await cleanUp.disposeAsync();
}
