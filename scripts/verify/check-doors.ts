import { expectEnd } from "./check-chat.ts";
import { tokenOf } from "./check-session.ts";
import { type Check, expectStatus, expectThat } from "./report.ts";
import { readAll, Visitor } from "./visitor.ts";

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

/** The function URL, for programs with a bearer token. */
export function functionUrlChecks(functionUrl: string, origin: string, password: string): Check[] {
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
        const authorization = `Bearer ${await tokenOf(origin, password)}`;
        const response = await door.sendJson(
          "/api/v1/chat",
          { message: "What is 12.5% of 480?" },
          { authorization },
        );
        const arrivals = await readAll(response);
        expectEnd(arrivals, "done");
        expectThat(
          arrivals.some(({ event }) => event === "delta"),
          "no delta came",
        );
        return `${arrivals.length} events`;
      },
    },
  ];
}
