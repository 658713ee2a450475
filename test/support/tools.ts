import { builtInTools } from "#lib/tools/built-in-tools.ts";

/** The tools of a deployment without settings. */
export const plainTools = builtInTools({
  config: { environment: "aws", version: "0.0.0", webhooks: new Map() },
});
