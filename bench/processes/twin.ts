// The function URL of a build's own twin, in front of that build's own stand-in for Lambda. Arguments: the build's
// folder and a folder for logs.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { answerCalls } from "./calls.ts";

const [root = "", logsDirectory = ""] = process.argv.slice(2);

/** Imports a file of the build, which may be an older one than this program's. */
const importOfBuild = (path: string) => import(pathToFileURL(join(root, path)).href);

const [{ startLambdaHost }, { startFunctionUrl }] = await Promise.all([
  importOfBuild("local/lambda/lambda-host.ts"),
  importOfBuild("local/function-url.ts"),
]);
const functionName = "chat-stream";
const host = startLambdaHost({
  functions: [
    {
      name: functionName,
      bundle: join(root, "dist", functionName, "index.mjs"),
      exportName: "handler",
      timeoutSeconds: 900,
      memoryMb: 1_024,
    },
  ],
  environment: { ...process.env },
  logsDirectory,
});
const functionUrl = await startFunctionUrl({ functionName, host });

answerCalls({ address: () => functionUrl.address });
