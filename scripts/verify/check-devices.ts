import { setTimeout as pause } from "node:timers/promises";
import { expectNoLink, importConversation, share } from "./check-sharing.ts";
import { type Check, expectStatus, expectThat } from "./run-checks.ts";
import { readJson, VerifyClient } from "./verify-client.ts";

/** DynamoDB's eventually consistent reads see a revocation after about a second. */
const revokedWithinMs = 10_000;

/** Checks a second device of the same owner. `client` is logged in. */
export function deviceChecks(client: VerifyClient): Check[] {
  return [
    {
      name: "a code logs another device in, once, and the device can be signed out",
      async run() {
        const { subject } = await client.get("/api/me");
        const { code } = await client.change("POST", "/api/v1/device-codes", {});
        const device = new VerifyClient(client.origin);
        expectStatus(await device.sendJson("/api/v1/device-logins", { code }), 200);
        const owner = (await device.get("/api/me")).subject;
        expectThat(owner === subject, "the device has another owner");

        const again = await new VerifyClient(client.origin).sendJson("/api/v1/device-logins", {
          code,
        });
        expectThat(
          again.status !== 429,
          `this address has sent five wrong codes; try again in ${again.headers.get("retry-after")} s`,
        );
        expectStatus(again, 401);

        const { devices } = await device.get("/api/v1/devices");
        const listed: Record<string, unknown>[] = Array.isArray(devices) ? devices : [];
        const own = listed.filter(({ is_current }) => is_current === true);
        expectThat(listed.length >= 2 && own.length === 1, `${listed.length} devices are listed`);
        await client.delete(`/api/v1/devices/${own[0]?.id}`);
        await expectSignedOut(device);
        return `${listed.length} devices were listed; a used code and a signed-out device get a 401`;
      },
    },
  ];
}

async function expectSignedOut(device: VerifyClient): Promise<void> {
  const until = performance.now() + revokedWithinMs;
  for (;;) {
    const response = await device.send("/api/me");
    await response.body?.cancel();
    if (response.status === 401) return;
    expectThat(performance.now() < until, `the device still has status ${response.status}`);
    await pause(500);
  }
}

/** Checks the deletion of everything, on an owner of its own: never on one that somebody uses. */
export function meDeleteCheck(origin: string, password: string): Check {
  return {
    name: "everything of an owner is deleted, and the session with it",
    async run() {
      const owner = new VerifyClient(origin);
      expectStatus(await owner.login(password), 200);
      const { api } = await share(owner, await importConversation(owner));
      const { cookie } = owner;
      let calls = 0;
      for (let isComplete = false; !isComplete; calls += 1) {
        expectThat(calls < 10, "ten calls have not deleted a single conversation");
        const response = await owner.send("/api/me", { method: "DELETE" });
        expectStatus(response, 200);
        isComplete = (await readJson(response)).is_complete === true;
      }
      owner.cookie = cookie;
      await expectSignedOut(owner);
      await expectNoLink(origin, api);
      return "the session and a link to the conversation are gone";
    },
  };
}
