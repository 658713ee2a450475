import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import type { Bench } from "#bench/bench.ts";
import { type Throttle, throttle } from "#bench/processes/throttle.ts";
import { createRecorder, type Samples } from "#bench/samples.ts";
import { type PreparedBuild, prepareBuild } from "#bench/servers.ts";
import { chatPath, firstToken, messageOf } from "#bench/workload.ts";
import { lambdaEnvironment } from "#local/lambda/sandbox.ts";

/** Cold starts of each build in a round. */
const startsPerRound = 3;
/** The part of a core that a turn has with 1,024 MB. Lambda's init has a whole core. */
const shareOfCore = 0.58;
const giveUpMs = 60_000;

/** Measures a new instance of chat-stream: its init, and the first token of its first turn. */
export async function measureCold({ size, commons, builds, note }: Bench): Promise<Samples> {
  await using cleanUp = new AsyncDisposableStack();
  const entries = [];
  for (const { party, build } of builds) {
    const prepared = await prepareBuild(build, commons, cleanUp, `cold_${party}`);
    entries.push({ party, prepared, headers: await prepared.logIn("bearer") });
  }
  const { samples, add } = createRecorder();
  for (let round = 1; round <= size.rounds; round += 1) {
    for (let start = 0; start < startsPerRound; start += 1) {
      for (const { party, prepared, headers } of entries) {
        const cold = await measureColdStart(prepared, headers);
        add("cold", party, cold.initMs + cold.tokenMs);
        add("cold-init", party, cold.initMs);
        add("cold-first-token", party, cold.tokenMs);
        add("cold-cpu", party, cold.initCpuMs + cold.tokenCpuMs);
      }
    }
    note(`cold: round ${round} of ${size.rounds}`);
  }
  return samples;
}

/** What `processes/cold-function.mjs` reports. */
interface ColdStart {
  initMs: number;
  initCpuMs: number;
  /** From the request to the first token. */
  tokenMs: number;
  tokenCpuMs: number;
}

/** @throws Error with the response if the turn sends no token */
async function measureColdStart(
  { build, environment }: PreparedBuild,
  headers: Record<string, string>,
): Promise<ColdStart> {
  const bundle = join(build.root, "dist/chat-stream/index.mjs");
  const settings = { name: "chat-stream", bundle, exportName: "handler", timeoutSeconds: 900 };
  const child = fork(join(import.meta.dirname, "../processes/cold-function.mjs"), [bundle], {
    cwd: build.root,
    env: lambdaEnvironment({ ...settings, memoryMb: 1_024 }, environment),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  let throttled: Throttle | undefined;
  try {
    const { initMs, initCpuMs } = await reportOf(child);
    throttled = throttle(child.pid ?? 0, shareOfCore);
    const sentAt = Number(process.hrtime.bigint()) / 1e6;
    child.send({ event: eventOf(headers), sentAt, firstToken });
    const { tokenMs, tokenCpuMs, status, text } = await reportOf(child);
    if (tokenMs === undefined) throw new Error(`The turn sent no token: ${status} ${text}`);
    return { initMs, initCpuMs, tokenMs, tokenCpuMs };
  } finally {
    await throttled?.stop();
    child.kill("SIGKILL");
  }
}

interface Report extends ColdStart {
  status: number;
  text: string;
}

async function reportOf(child: ChildProcess): Promise<Report> {
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`The process of the function ended: ${signal ?? `exit code ${code}`}`);
  });
  const signal = AbortSignal.timeout(giveUpMs);
  const [message] = await Promise.race([once(child, "message", { signal }), ended]);
  return message;
}

let addresses = 0;

/** A function URL's event, each from another address, because a bucket holds ten requests a minute for each. */
function eventOf(headers: Record<string, string>) {
  addresses += 1;
  const sourceIp = `10.0.${addresses >> 8}.${addresses & 255}`;
  return {
    version: "2.0",
    rawPath: chatPath,
    rawQueryString: "",
    headers: { ...headers, "content-type": "application/json", "x-forwarded-for": sourceIp },
    requestContext: {
      http: { method: "POST", path: chatPath, protocol: "HTTP/1.1", sourceIp, userAgent: "bench" },
      requestId: randomUUID(),
      timeEpoch: Date.now(),
    },
    body: JSON.stringify({ message: messageOf(addresses) }),
    isBase64Encoded: false,
  };
}
