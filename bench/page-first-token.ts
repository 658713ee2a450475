// `npm run bench:page`: measures the page from Enter to the first token. With --against <commit> also the page of that commit.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launchChromium } from "#test/support/chromium.ts";
import { makeTwinFolder } from "#test/support/twin-folder.ts";
import { type Build, buildCommit, buildThis } from "./builds/build.ts";
import { measurePageFirstToken, type PageOrigin } from "./page/first-token.ts";
import { type Program, startProgram } from "./processes/program.ts";
import { median, medianRatio } from "./statistics.ts";

const { values: options } = parseArgs({
  options: {
    against: { type: "string" },
    rounds: { type: "string", default: "5" },
    turns: { type: "string", default: "5" },
    "round-trip-ms": { type: "string", default: "40" },
    "token-ms": { type: "string", default: "10" },
  },
});
const roundTripMs = Number(options["round-trip-ms"]);
const processes = join(import.meta.dirname, "processes");

const cleanUp = new AsyncDisposableStack();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => void cleanUp.disposeAsync().finally(() => process.exit(130)));
}
try {
  const folder = makeTwinFolder();
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  const builds = [await buildThis()];
  if (options.against !== undefined) builds.push(await buildCommit(options.against, cleanUp));
  const model = start({ file: join(processes, "model.ts") });
  const origins = new Map<string, PageOrigin>();
  for (const build of builds) origins.set(build.name, await startTwin(build, model, folder));
  const browser = await launchChromium();
  cleanUp.defer(() => browser.close());

  const overModelMs = new Map<string, number[]>();
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const [name, origin] of origins) {
      await model.call("setTokenMs", Number(options["token-ms"]));
      const turns = Number(options.turns);
      const times = await measurePageFirstToken(origin, { browser, roundTripMs, turns });
      const modelMs = median(await model.call<number[]>("firstTokenWaits"));
      const rounds = overModelMs.get(name) ?? [];
      overModelMs.set(name, [...rounds, median(times) - modelMs]);
    }
  }
  console.log(`Enter to first token over the model's own time, ${roundTripMs} ms round trip`);
  const [ours = []] = overModelMs.values();
  for (const [name, rounds] of overModelMs) {
    const each = rounds.map((ms) => ms.toFixed(1)).join(" ");
    const ratio = medianRatio(ours, rounds).toFixed(2);
    console.log(`${name}: ${median(rounds).toFixed(1)} ms, this : ${name} = ${ratio} [${each}]`);
  }
} finally {
  await cleanUp.disposeAsync();
}

async function startTwin(build: Build, model: Program, folder: string): Promise<PageOrigin> {
  const data = join(folder, build.name);
  mkdirSync(data);
  const endpoint = await model.call<string>("endpoint");
  const twin = start({
    file: join(processes, "page-twin.ts"),
    arguments: [build.root, data],
    environment: { ...process.env, LOCAL_BEDROCK_ENDPOINT: endpoint },
  });
  const origin = await twin.call<PageOrigin>("origin");
  cleanUp.defer(() => twin.call<void>("close"));
  return origin;
}

/** Starts a process that ends with the benchmark. */
function start(settings: Parameters<typeof startProgram>[0]): Program {
  const program = startProgram(settings);
  cleanUp.defer(() => program.stop());
  return program;
}
