import { expect, it } from "vitest";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { gatewayEvent, invoke } from "#test/support/gateway-event.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { requireDocuments } from "./require-documents.ts";

it.each([
  [true, 200],
  [false, 404],
])("documents that are on: %j give a %i", async (isOn, status) => {
  const route = defineRoute("document-list", recordingTelemetry().telemetry)
    .use(requireDocuments({ isOn }))
    .handler(async () => json(200, {}));
  const { statusCode, body } = await invoke(route, gatewayEvent());
  expect(statusCode).toBe(status);
  if (!isOn) expect(JSON.parse(body).detail).toBe("This deployment has no documents.");
});
