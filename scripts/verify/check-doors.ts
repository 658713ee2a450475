import { expectEnd, expectPieces, textOf } from "./check-chat.ts";
import { tokenOf } from "./check-session.ts";
import { type Check, expectStatus, expectThat } from "./report.ts";
import { patiently, readAll, Visitor } from "./visitor.ts";

/** The API behind CloudFront, which nobody enters without a key. */
export function apiChecks(apiUrl: string): Check[] {
  return [
    {
      name: "the API itself asks for a key",
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

/** The function URL, for programs with a bearer token; `visitor` is logged in, and the conversation will be its own. */
export function functionUrlChecks(
  functionUrl: string,
  visitor: Visitor,
  password: string,
): Check[] {
  const door = new Visitor(functionUrl);
  return [
    {
      name: "the function URL asks for a token",
      async run() {
        expectStatus(await door.sendJson("/api/v1/chat", { message: "Test" }), 401);
        return "401";
      },
    },
    {
      name: "the function URL accepts and streams in one request",
      async run() {
        const authorization = `Bearer ${await tokenOf(visitor, password)}`;
        const askedAt = performance.now();
        const body = { message: "What is 12.5% of 480?" };
        const response = await patiently(() =>
          door.sendJson("/api/v1/chat", body, { authorization }),
        );
        const arrivals = await readAll(response);
        const began = arrivals.find(({ event }) => event === "turn");
        visitor.conversationIds.add(String(began?.data.conversation_id));
        expectEnd(arrivals, "done");
        expectThat(textOf(arrivals).includes("60"), "12.5% of 480 is 60, and the answer is not");
        const tools = arrivals.filter(
          ({ event, data }) => event === "tool" && data.state === "done",
        );
        const used = tools.map(({ data }) => data.name).join(", ") || "no tool";
        return `${expectPieces(arrivals, askedAt)}, with ${used}`;
      },
    },
  ];
}
