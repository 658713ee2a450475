import { tokenOf } from "./check-session.ts";
import { type Check, expectStatus, expectThat } from "./run-checks.ts";
import { expectEnd, expectPieces, textOf } from "./stream-expectations.ts";
import { readAllEvents, retryAfter429, VerifyClient } from "./verify-client.ts";

/** Checks that the API behind CloudFront requires a key. */
export function apiChecks(apiUrl: string): Check[] {
  return [
    {
      name: "the API itself requires a key",
      async run() {
        const base = apiUrl.replace(/\/$/, "");
        for (const path of ["/health", "/api/me"]) {
          const response = await fetch(`${base}${path}`, { signal: AbortSignal.timeout(30_000) });
          expectStatus(response, 403);
          await response.body?.cancel();
        }
        return "403 twice";
      },
    },
  ];
}

/** Checks the function URL with a bearer token. `client` is logged in and owns the conversation. */
export function functionUrlChecks(
  functionUrl: string,
  client: VerifyClient,
  password: string,
): Check[] {
  const program = new VerifyClient(functionUrl);
  return [
    {
      name: "the function URL requires a token",
      async run() {
        expectStatus(await program.sendJson("/api/v1/chat", { message: "Test" }), 401);
        return "401";
      },
    },
    {
      name: "the function URL accepts and streams in one request",
      async run() {
        const authorization = `Bearer ${await tokenOf(client, password)}`;
        const sentAt = performance.now();
        const body = { message: "What is 12.5% of 480?" };
        const response = await retryAfter429(() =>
          program.sendJson("/api/v1/chat", body, { authorization }),
        );
        const events = await readAllEvents(response);
        const turn = events.find(({ event }) => event === "turn");
        client.conversationIds.add(String(turn?.data.conversation_id));
        expectEnd(events, "done");
        expectThat(textOf(events).includes("60"), "12.5% of 480 is 60, and the answer is not");
        const tools = events.filter(({ event, data }) => event === "tool" && data.state === "done");
        const used = tools.map(({ data }) => data.name).join(", ") || "no tool";
        return `${expectPieces(events, sentAt)}, with ${used}`;
      },
    },
  ];
}
