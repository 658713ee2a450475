import * as v from "valibot";
import { isJsonObject, type JsonObject } from "#lib/platform/json.ts";
import type { Webhooks } from "#lib/platform/webhook-addresses.ts";
import type { PostParts } from "./post-webhook.ts";
import { defineTool, ToolRefusal } from "./tool.ts";

interface SendWebhookParts extends PostParts {
  webhooks: Webhooks;
}

/** Returns the tool that posts JSON to a webhook of the deployment's settings. The model knows the names only. */
export function createSendWebhook(parts: SendWebhookParts) {
  const names = [...parts.webhooks.keys()];
  return defineTool({
    name: "send_webhook",
    description: `Sends JSON to a service outside that the operators have set up. The services: ${names.join(", ")}.`,
    input: v.strictObject({
      to: v.pipe(
        v.picklist(names, `must be one of: ${names.join(", ")}`),
        v.description("The name of the service"),
      ),
      body: v.pipe(
        // Valibot also takes a list as an object.
        v.custom<JsonObject>(isJsonObject, "must be a JSON object"),
        v.looseObject({}),
        v.description("What to send: a JSON object with the fields that the service expects"),
      ),
    }),
    effect: "write",
    async run({ to, body }, { signal, receiptId }) {
      const url = parts.webhooks.get(to);
      if (!url || !receiptId) throw new Error("A webhook needs an address and a receipt.");
      // Most instances never send one.
      const { postWebhook } = await import("./post-webhook.ts");
      const { status, text } = await postWebhook(parts, url, {
        body: JSON.stringify(body),
        idempotencyKey: receiptId,
        signal,
      });
      if (status >= 300 && status < 400) {
        throw new ToolRefusal(
          `${to} redirects to another address (status ${status}), and a webhook follows no redirect.`,
        );
      }
      const answer = text.trim() === "" ? "." : `:\n${text}`;
      if (status < 200 || status > 299) {
        throw new ToolRefusal(`${to} answered with the status ${status}${answer}`);
      }
      return `Sent. ${to} answered with the status ${status}${answer}`;
    },
  });
}
