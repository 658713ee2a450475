import { type Check, expectStatus, expectThat } from "./run-checks.ts";
import { readJson, retryAfter429, type VerifyClient } from "./verify-client.ts";

/** Checks what a person may set. Sends no message, because each would cost one of ten a minute. `client` is logged in. */
export function settingsChecks(client: VerifyClient): Check[] {
  return [
    {
      name: "the person's settings are kept, and the models have prices",
      async run() {
        const path = "/api/v1/settings";
        const instructions = "Be brief.";
        const change = (body: object) =>
          retryAfter429(() =>
            client.send(path, {
              method: "PATCH",
              body: JSON.stringify(body),
              headers: { "content-type": "application/json" },
            }),
          );
        expectStatus(await change({ instructions }), 200);
        const kept = await readJson(await client.send(path));
        expectThat(kept.instructions === instructions, "the instructions are not kept");
        expectStatus(await change({ instructions: "" }), 200);
        const { models } = await readJson(await client.send("/api/me"));
        expectThat(Array.isArray(models) && models.length > 0, "no model is offered");
        return `${models.length} offered`;
      },
    },
  ];
}
