import type { Config } from "#lib/platform/config.ts";
import { calculator } from "./calculator/calculator.ts";
import { createCurrentTime } from "./current-time.ts";
import { createSendWebhook } from "./send-webhook.ts";
import type { Tool } from "./tool.ts";

interface ToolParts {
  config: Pick<Config, "environment" | "version" | "webhooks">;
}

/** Returns the tools that can work in this deployment. */
export function builtInTools({ config }: ToolParts): readonly Tool[] {
  const { webhooks, version, environment } = config;
  const mayUseLoopback = environment === "local";
  return [
    calculator,
    createCurrentTime(() => new Date()),
    ...(webhooks.size > 0 ? [createSendWebhook({ webhooks, version, mayUseLoopback })] : []),
  ];
}
