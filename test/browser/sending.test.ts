import type { Page, Route } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answerWith, createGate, interrupt, stall } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  acceptingRoutes,
  composer,
  ended,
  rows,
  send,
  sendAndWait,
  textOf,
  turns,
  welcome,
} from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;
const patience = { timeout: 10_000 };

const accept = "POST /api/v1/chat";
const acceptAndStream = "POST /api/v1/chat/stream";
const stream = "GET /api/v1/chat";
const streamRoute = "**/api/v1/chat/stream";

const notices = (page: Page) => page.getByRole("alert").filter({ hasText: /./ });

/** Records the requests to the API from now on, without their queries. */
function recordRequests(page: Page): string[] {
  const requests: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) requests.push(`${request.method()} ${pathname}`);
  });
  return requests;
}

/** Pauses the next answer, "One two three four.", after its second word. */
function pauseAnswer() {
  const gate = createGate();
  here.twin.parts.bedrock.script.add(interrupt(answerWith("One two three four."), 2, stall(gate)));
  return gate;
}

/** Delivers the request, but of the response only the part before `end`. */
const cutBefore = (end: string) => async (route: Route) => {
  const response = await route.fetch();
  const text = await response.text();
  const length = text.indexOf(end);
  if (length < 0) throw new Error(`The response has no ${end}.`);
  await route.fulfill({ response, body: text.slice(0, length) });
};

/** The first list of conversations has arrived. Its request must not mix with those that a test counts. */
const emptyList = (page: Page) => page.getByText("No conversations yet");

describe("a message", () => {
  it("that begins a conversation needs one request until its first token, and one for the list", async () => {
    const page = await signedIn();
    await emptyList(page).waitFor();
    const requests = recordRequests(page);
    const gate = createGate();
    here.twin.parts.bedrock.script.add(interrupt(answerWith("One two."), 0, stall(gate)));
    await send(page, "Count");
    await gate.reached;
    await turns(page).nth(0).getByText("Thinking…").waitFor();
    expect(requests).toEqual([acceptAndStream]);
    gate.release();
    await ended(page);
    await rows(page).getByRole("link", { name: "Count" }).waitFor();
    expect(requests).toEqual([acceptAndStream, "GET /api/v1/conversations"]);
  });

  it("in a conversation needs one request until the end of its answer", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    await rows(page).getByRole("link", { name: "Hello" }).waitFor();
    const requests = recordRequests(page);
    await sendAndWait(page, "What is 12.5% of 480?", 1);
    await turns(page).nth(1).getByRole("button", { name: "Regenerate" }).click();
    await expect.poll(() => requests.length, patience).toBe(2);
    await ended(page, 1);
    expect(requests).toEqual([acceptAndStream, acceptAndStream]);
  });

  it("behind an open answer is accepted at once, and streamed after that answer", async () => {
    const page = await signedIn();
    await emptyList(page).waitFor();
    const requests = recordRequests(page);
    const gate = pauseAnswer();
    await send(page, "Count");
    await gate.reached;
    await turns(page).nth(0).getByText("One two").waitFor();
    await send(page, "Hello");
    await send(page, "Hello again");
    await page.getByText("2 queued", { exact: true }).waitFor();
    const [begun, list] = [acceptAndStream, "GET /api/v1/conversations"];
    await expect.poll(() => requests, patience).toEqual([begun, list, accept, accept]);
    gate.release();
    await ended(page, 2);
    expect(requests).toEqual([begun, list, accept, accept, stream, stream]);
    expect(await turns(page).count()).toBe(3);
  });

  it.each(["event: turn", "event: delta", "event: done"])(
    "whose stream is cut before %s resumes with a GET",
    async (end) => {
      const page = await signedIn();
      here.twin.parts.bedrock.script.add(answerWith("One two three four."));
      await page.route(streamRoute, cutBefore(end));
      const requests = recordRequests(page);
      await send(page, "Count");
      await ended(page);
      expect(await textOf(turns(page).nth(0))).toContain("One two three four.");
      expect(requests.filter((request) => request.endsWith("/chat/stream"))).toHaveLength(1);
      expect(requests).toContain(stream);
      expect(await turns(page).count()).toBe(1);
      await page.reload();
      await ended(page);
      expect(await turns(page).count()).toBe(1);
    },
  );

  it("whose response is lost is sent again with its key, to the route that only accepts", async () => {
    const page = await signedIn();
    const keys: (string | undefined)[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") keys.push(request.headers()["idempotency-key"]);
    });
    await emptyList(page).waitFor();
    await page.route(streamRoute, async (route) => {
      await route.fetch();
      await route.abort();
    });
    const requests = recordRequests(page);
    await sendAndWait(page, "Hello");
    expect(requests.slice(0, 2)).toEqual([acceptAndStream, accept]);
    expect(new Set(keys).size).toBe(1);
    expect(await turns(page).count()).toBe(1);
    expect(await notices(page).count()).toBe(0);
    await page.reload();
    await ended(page);
    expect(await turns(page).count()).toBe(1);
  });

  it("whose stream a proxy holds back is accepted by the second request after 35 s", async () => {
    const page = await signedIn();
    await page.route(streamRoute, async (route) => void (await route.fetch()));
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await send(page, "Hello");
    await page.getByText("Sending…").waitFor();
    const accepted = page.waitForResponse(acceptingRoutes);
    await page.clock.runFor(35_100);
    await accepted;
    await page.clock.resume();
    await ended(page);
    expect(await turns(page).count()).toBe(1);
  });

  it("is sent again by the page that a reload brings, and stays one message", async () => {
    const page = await signedIn();
    const sent = Promise.withResolvers<void>();
    let requests = 0;
    // Without a route the first request would go on, and its response could reach the old page in the middle of the reload.
    await page.route(streamRoute, async (route) => {
      requests += 1;
      if (requests > 1) return await route.continue();
      await route.fetch();
      sent.resolve();
    });
    await send(page, "Hello");
    await sent.promise;
    await page.reload();
    await ended(page);
    expect(await turns(page).count()).toBe(1);
    expect(await page.getByText("Sending…").count()).toBe(0);
    expect(await composer(page).inputValue()).toBe("");
    expect(requests).toBe(2);
  });

  it("that is accepted while the page reloads is in its conversation after that", async () => {
    const page = await signedIn();
    await emptyList(page).waitFor();
    const [answered, loaded] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holdUntil = (moment: Promise<void>) => async (route: Route) => {
      await moment;
      await route.continue();
    };
    await page.route(streamRoute, holdUntil(answered.promise));
    await page.route((url) => url.pathname === "/", holdUntil(loaded.promise));
    await send(page, "Hello");
    await page.getByText("Sending…").waitFor();
    const asked = page.waitForRequest((request) => request.isNavigationRequest());
    const reloading = page.reload();
    await asked;
    answered.resolve();
    await expect.poll(() => new URL(page.url()).pathname, patience).toMatch(/^\/c\//);
    loaded.resolve();
    await reloading;
    await ended(page);
    expect(await turns(page).count()).toBe(1);
    expect(new URL(page.url()).pathname).toMatch(/^\/c\//);
  });

  it("returns to the composer when the browser is offline, and is sent once", async () => {
    const page = await signedIn();
    await page.context().setOffline(true);
    await send(page, "Hello");
    await page.getByText("You’re offline.").waitFor();
    await expect.poll(() => composer(page).inputValue(), patience).toBe("Hello");
    await page.context().setOffline(false);
    await page.getByText("Can’t reach the server.").waitFor();
    await composer(page).press("Enter");
    await ended(page);
    expect(await turns(page).count()).toBe(1);
  });

  it.each([
    [409, "queue_full", "The queue is full."],
    [413, "storage_full", "Your storage is full."],
    [429, "rate_limited", "Rate limit exceeded."],
  ])(
    "that the service refuses with %i %s is in the composer again",
    async (status, type, detail) => {
      const page = await signedIn();
      await emptyList(page).waitFor();
      const problem = { type, title: type, status, detail, request_id: "r", retry_after: 30 };
      await page.route(streamRoute, (route) =>
        route.fulfill({
          status,
          contentType: "application/problem+json",
          headers: { "retry-after": "30" },
          body: JSON.stringify(problem),
        }),
      );
      const requests = recordRequests(page);
      await send(page, "Hello");
      await notices(page).first().waitFor();
      expect(await composer(page).inputValue()).toBe("Hello");
      expect(requests).toEqual([acceptAndStream]);
    },
  );

  it("goes on without its page, and its answer is there when the person returns", async () => {
    const page = await signedIn();
    const gate = pauseAnswer();
    await send(page, "Count");
    await gate.reached;
    await turns(page).nth(0).getByText("One two").waitFor();
    await page.getByRole("button", { name: "New chat" }).click();
    await welcome(page).waitFor();
    gate.release();
    await rows(page).getByRole("link", { name: "Count" }).click();
    await ended(page);
    expect(await textOf(turns(page).nth(0))).toContain("One two three four.");
  });
});

describe("two tabs", () => {
  it("that send at the same time end with two versions, and both show the later one", async () => {
    const one = await signedIn();
    await sendAndWait(one, "Hello");
    const two = await one.context().newPage();
    await two.goto(one.url());
    await ended(two);
    // The second tab has decided to stream before it can know of the first tab's message.
    const held = Promise.withResolvers<void>();
    await two.route(streamRoute, async (route) => {
      await held.promise;
      await route.continue();
    });
    await send(two, "From tab two");
    await two.getByText("Sending…").waitFor();
    const gate = pauseAnswer();
    await send(one, "From tab one");
    await gate.reached;
    held.resolve();
    await two.getByText("Sending…").waitFor({ state: "detached" });
    gate.release();
    for (const tab of [one, two]) {
      await tab.bringToFront();
      await turns(tab).nth(1).getByText("From tab two").first().waitFor();
      await ended(tab, 1);
      expect(await turns(tab).count()).toBe(2);
      await tab.getByRole("group", { name: "Version 2 of 2" }).waitFor();
    }
    await one.getByRole("button", { name: "Previous version" }).click();
    await turns(one).nth(1).getByText("One two three four.").waitFor();
    expect(await textOf(turns(one).nth(1))).toContain("From tab one");
  });
});
