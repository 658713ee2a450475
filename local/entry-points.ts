import { pageDirectory } from "./builds/page-build.ts";
import type { Deployment } from "./deployment.ts";
import { startFrontDoor } from "./front-door/front-door.ts";
import { startFunctionUrl } from "./function-url.ts";
import { startGateway } from "./gateway/gateway.ts";
import { type ListenOptions, requireFreePort } from "./http/listen.ts";
import { startInvokeApi } from "./lambda/invoke-api.ts";
import type { LambdaHost } from "./lambda/lambda-host.ts";
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
  log: (line: string) => void;
}

export interface EntryPointPorts {
  frontDoor: ListenOptions;
  functionUrl: ListenOptions;
}

/** Starts everything that calls the functions: API Gateway, function URL, CloudFront, EventBridge and Lambda's own API. */
export async function startEntryPoints(startPart: StartPart, options: EntryPointOptions) {
  const { ports, deployment, host, secrets, viewerAddress, eventRetryMs, log } = options;
  const { functions } = deployment;
  const lambda = await startPart(
    "Lambda",
    startInvokeApi({ functions, host, retryMs: eventRetryMs, log }),
    closePart,
    ({ address }) => address,
  );
  const gateway = await startPart(
    "API Gateway",
    startGateway({ deployment, host, apiKeys: [secrets.originApiKey, secrets.programApiKey] }),
    closePart,
    ({ address }) => address,
  );
  const functionUrl = await startPart(
    "Function URL",
    startFunctionUrl({ ...ports.functionUrl, functionName: "chat-stream", host }),
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
      viewerAddress,
    }),
    closePart,
    ({ port }) => localhost(port),
  );
  await startPart(
    "EventBridge",
    startSchedules(deployment.schedules, { host, onError: log }),
    closePart,
    () => deployment.schedules.map(({ functionName, rate }) => `${functionName} at ${rate}`).join(),
  );
  return {
    url: localhost(frontDoor.port),
    functionUrl: localhost(functionUrl.port),
    gatewayUrl: gateway.address,
    lambdaEndpoint: lambda.address,
  };
}

/** Fails before anything has started if a port is taken. Port 0 means any free ports. */
export async function choosePorts(port: number): Promise<EntryPointPorts> {
  if (port === 0) return { frontDoor: {}, functionUrl: {} };
  const frontDoor = { port, setting: "PORT" };
  const functionUrl = { port: port + 1, setting: "PORT + 1, the function URL" };
  await requireFreePort(frontDoor);
  await requireFreePort(functionUrl);
  return { frontDoor, functionUrl };
}

const localhost = (port: number) => `http://localhost:${port}`;
