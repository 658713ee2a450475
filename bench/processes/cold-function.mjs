// One function in a fresh process, as Lambda starts it: imports the bundle, then runs one streamed invocation. Plain
// JavaScript without node:http, so that the process compiles and loads nothing before the bundle does. Argument: the
// bundle's file.
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";

/** The monotonic clock, which all processes of a machine share. */
const now = () => Number(process.hrtime.bigint()) / 1e6;
const cpuMs = ({ user, system }) => (user + system) / 1_000;

globalThis.awslambda = {
  streamifyResponse: (handler) => handler,
  HttpResponseStream: { from: (stream, prelude) => Object.assign(stream, { prelude }) },
};

const startedAt = now();
const cpuAtStart = process.cpuUsage();
const { handler } = await import(pathToFileURL(process.argv[2]).href);
const initMs = now() - startedAt;
const initCpuMs = cpuMs(process.cpuUsage(cpuAtStart));
process.send({ initMs, initCpuMs });

process.once("message", async ({ event, sentAt, firstToken }) => {
  const cpuBefore = process.cpuUsage();
  const seen = {};
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, callback) {
      text += chunk;
      if (seen.tokenMs === undefined && text.includes(firstToken)) {
        seen.tokenMs = now() - sentAt;
        seen.tokenCpuMs = cpuMs(process.cpuUsage(cpuBefore));
      }
      callback();
    },
  });
  const finished = new Promise((resolve) => stream.once("finish", resolve));
  await handler(event, stream, {
    awsRequestId: "cold-start",
    functionName: "chat-stream",
    getRemainingTimeInMillis: () => 60_000,
  });
  await finished;
  const status = stream.prelude?.statusCode;
  process.send({ status, text, ...seen });
});
