import { randomUUID } from "node:crypto";
import type { Schedule } from "./deployment.ts";
import type { LambdaHost } from "./lambda/lambda-host.ts";

type Invoke = Pick<LambdaHost, "invoke">;

/**
 * Stands in for EventBridge: invokes functions at their rates, first one period after the start. A twin that stops
 * every evening never invokes a daily function.
 */
export async function startSchedules(
  schedules: Schedule[],
  { host, onError }: { host: Invoke; onError: (line: string) => void },
): Promise<{ close(): Promise<void> }> {
  const timers = schedules.map(({ functionName, everyMs }) =>
    setInterval(() => {
      invokeBySchedule(host, functionName).catch((error) =>
        onError(`${functionName}: ${error.message}`),
      );
    }, everyMs).unref(),
  );
  return {
    async close() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** @throws InvocationFailed */
export async function invokeBySchedule(host: Invoke, functionName: string): Promise<void> {
  await host.invoke(functionName, {
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: "000000000000",
    time: new Date().toISOString(),
    region: "local",
    resources: [],
    detail: {},
  });
}
