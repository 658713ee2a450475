import { join } from "node:path";
import { pageDirectory } from "./builds/page-build.ts";
import type { Deployment } from "./deployment.ts";
import { startFrontDoor } from "./front-door/front-door.ts";
import { startFunctionUrl } from "./function-url.ts";
import { startGateway } from "./gateway/gateway.ts";
import { type ListenOptions, requireFreePort } from "./http/listen.ts";
import { startInvokeApi } from "./lambda/invoke-api.ts";
import type { LambdaHost } from "./lambda/lambda-host.ts";
import { startS3 } from "./s3/start-s3.ts";
import { startSchedules } from "./schedules.ts";
import { closePart, type StartPart } from "./start-parts.ts";
import type { TwinSecrets } from "./twin-secrets.ts";

interface EntryPointOptions {
  ports: EntryPointPorts;
  deployment: Deployment;
  host: LambdaHost;
  secrets: TwinSecrets;
  viewerAddress: (() => string) | undefined;
  eventRetryMs: readonly number[] | undefined;
  dataDirectory: string;
  log: (line: string) => void;
}

export interface EntryPointPorts {
  frontDoor: ListenOptions;
  functionUrl: ListenOptions;
  s3: ListenOptions;
}

/** The name of the bucket, for functions without the variable DOCUMENT_BUCKET. */
const bucket = "documents";

/** Starts everything that calls the functions: API Gateway, function URL, CloudFront, EventBridge, S3 and Lambda's own API. */
export async function startEntryPoints(startPart: StartPart, options: EntryPointOptions) {
  const { ports, deployment, host, secrets, viewerAddress, eventRetryMs, dataDirectory, log } =
    options;
  const { functions } = deployment;
  const hasUrl = (name: string) => functions.some((one) => one.name === name && one.hasUrl);
  const folder = join(dataDirectory, "events");
  const lambda = await startPart(
    "Lambda",
    startInvokeApi({ functions, host, retryMs: eventRetryMs, folder, log }),
    closePart,
    ({ address }) => address,
  );
  let pageOrigin = "";
  const s3 = await startPart(
    "S3",
    startS3({
      ...ports.s3,
      dataDirectory: join(dataDirectory, "s3"),
      bucket,
      pageOrigin: () => pageOrigin,
      lambdaEndpoint: lambda.address,
    }),
    closePart,
    ({ endpoint }) => `${endpoint}, for documents`,
  );
  const gateway = await startPart(
    "API Gateway",
    startGateway({ deployment, host, apiKeys: [secrets.originApiKey, secrets.programApiKey] }),
    closePart,
    ({ address }) => address,
  );
  const functionUrl = await startPart(
    "Function URL",
    startFunctionUrl({
      ...ports.functionUrl,
      functionName: "chat-stream",
      routes: deployment.routes.filter(({ functionName }) => hasUrl(functionName)),
      host,
    }),
    closePart,
    ({ port }) => localhost(port),
  );
  const frontDoor = await startPart(
    "CloudFront",
    startFrontDoor({
      ...ports.frontDoor,
      pageDirectory,
      gatewayAddress: gateway.address,
      apiKey: secrets.originApiKey,
      bucketOrigin: s3.endpoint,
      viewerAddress,
    }),
    closePart,
    ({ port }) => localhost(port),
  );
  pageOrigin = localhost(frontDoor.port);
  await startPart(
    "EventBridge",
    startSchedules(deployment.schedules, { host, onError: log }),
    closePart,
    () =>
      deployment.schedules.map(({ functionName, rate }) => `${functionName} at ${rate}`).join(", "),
  );
  return {
    s3,
    url: pageOrigin,
    functionUrl: localhost(functionUrl.port),
    gatewayUrl: gateway.address,
    lambdaEndpoint: lambda.address,
  };
}

/** Fails before anything has started if a port is taken. Port 0 means any free ports. */
export async function choosePorts(port: number): Promise<EntryPointPorts> {
  if (port === 0) return { frontDoor: {}, functionUrl: {}, s3: {} };
  const frontDoor = { port, setting: "PORT" };
  const functionUrl = { port: port + 1, setting: "PORT + 1, the function URL" };
  // Fixed, because the page that is open during a restart may only send files to this port.
  const s3 = { port: port + 2, setting: "PORT + 2, the documents" };
  for (const one of [frontDoor, functionUrl, s3]) await requireFreePort(one);
  return { frontDoor, functionUrl, s3 };
}

const localhost = (port: number) => `http://localhost:${port}`;
