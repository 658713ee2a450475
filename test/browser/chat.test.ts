import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answerWith, createGate, interrupt, refuseWith, stall } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  acceptingRoutes,
  accessibilityFaults,
  composer,
  openPageSettings,
  send,
  signIn,
  textOf,
  turns,
} from "#test/support/browser-page.ts";

const here = browserOnTwin({ CHAT_REQUESTS_PER_MINUTE: "60" });
const { signedIn } = here;
const patience = { timeout: 10_000 };

describe("an answer", () => {
  it("streams onto the page and continues after a reload", async () => {
    const page = await signedIn();
    const gate = here.twin.parts.bedrock.script.hold({ afterDeltas: 4 });
    await send(page, "Write a long answer");
    const answer = turns(page).nth(0);
    await gate.reached;
    await answer.getByText("Writing…").waitFor({ state: "attached" });
    const begun = await textOf(answer);

    await page.reload();
    await answer.getByText("Writing…").waitFor({ state: "attached" });
    gate.release();
    await answer.getByText("Demo model ·").waitFor();
    expect((await textOf(answer)).length).toBeGreaterThan(begun.length);
    expect(await turns(page).count()).toBe(1);
  });

  it("shows its tool calls", async () => {
    const page = await signedIn();
    await send(page, "What is 12.5% of 480?");
    const tools = turns(page).nth(0).getByRole("list", { name: "Tools used" });
    await tools.getByText("done").waitFor();
    await turns(page).nth(0).getByText("60").last().waitFor();
    // Input and result are in the disclosure.
    expect(await tools.getByText("Result").isVisible()).toBe(false);
    await tools.getByText("Calculator").click();
    await tools.getByText("Result").waitFor();
    expect(await tools.getByText("60").last().isVisible()).toBe(true);
  });

  it("keeps its text when the user stops it", async () => {
    const page = await signedIn();
    const gate = here.twin.parts.bedrock.script.hold({ afterDeltas: 4 });
    await send(page, "Write a long answer");
    await gate.reached;
    await page.getByRole("button", { name: "Stop" }).click();
    await turns(page).nth(0).getByText("Stopped.").waitFor();
    gate.release();
    await send(page, "Hello again");
    await turns(page).nth(1).getByText("Demo model ·").waitFor();
  });

  it("shows its failure, and Retry replaces it", async () => {
    const page = await signedIn();
    // Enough refusals for every attempt.
    here.twin.parts.bedrock.script.add(
      ...Array.from({ length: 9 }, () => refuseWith("ValidationException")),
    );
    await send(page, "Hello");
    const retry = turns(page).nth(0).getByRole("button", { name: "Retry" });
    await retry.waitFor();
    await page.getByRole("status").filter({ hasText: "The model couldn’t answer." }).waitFor();
    const facts = turns(page).nth(0).locator("details:has(> dl)");
    await facts.locator("> summary").click();
    expect(await textOf(facts)).toMatch(/Answer ID[0-9a-f-]{36}/);
    here.twin.parts.bedrock.script.clear();
    await retry.click();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await turns(page).count()).toBe(1);
    await page.reload();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await turns(page).count()).toBe(1);
  });

  it("offers Continue when it was cut at the maximum length", async () => {
    const page = await signedIn();
    here.twin.parts.bedrock.script.add(answerWith("As long as it may be", "max_tokens"));
    await send(page, "Write a long answer");
    const goOn = page.getByRole("button", { name: "Continue" });
    await turns(page).nth(0).getByText("Cut off: maximum length reached.").waitFor();
    await goOn.click();
    await turns(page).nth(1).getByText("Continue.", { exact: true }).waitFor();
    await turns(page).nth(1).getByText("Demo model ·").waitFor();
    expect(await goOn.count()).toBe(0);
    await page.reload();
    await turns(page).nth(0).getByText("Cut off: maximum length reached.").waitFor();
  });

  it("shows its time, tokens and duration on demand, also after a reload", async () => {
    const page = await signedIn();
    await send(page, "What is 12.5% of 480?");
    const facts = turns(page).nth(0).getByRole("group").filter({ hasText: "Demo model ·" });
    await facts.waitFor();
    for (const step of ["at once", "after a reload"]) {
      if (step === "after a reload") await page.reload();
      expect(await facts.getByText("Tokens").isVisible()).toBe(false);
      await facts.getByText("Demo model ·").click();
      await facts.getByText("Tokens").waitFor();
      expect(await textOf(facts)).toMatch(/\d+ in, \d+ out.*Duration(< )?\d+\.\d s/);
      expect(await accessibilityFaults(page)).toEqual([]);
    }
  });

  it("names its fallback model, restart, cut history and failure", async () => {
    const page = await signedIn();
    for (const turn of [0, 1, 2]) {
      await send(page, "Hello");
      await turns(page).nth(turn).getByText("Demo model ·").waitFor();
    }
    await page.route("**/api/v1/conversations/*", async (route) => {
      const response = await route.fetch();
      const transcript = await response.json();
      const [first, second, third] = transcript.turns;
      const fault = { type: "internal_error", title: "", status: 500, detail: "" };
      const failure = { status: "failed", error: fault };
      Object.assign(first, { remarks: ["fallback_model"], model: "another-model", ...failure });
      const usage = { input_tokens: 9_000, output_tokens: 700, cost_usd: 0.0045 };
      Object.assign(second, { attempt: 2, summary_usage: usage });
      const error = { type: "deadline_exceeded", title: "", status: 504, detail: "" };
      Object.assign(third, { status: "failed", error, history_from: second.turn_id });
      await route.fulfill({ response, json: transcript });
    });
    await page.reload();
    const [first, second, third] = [0, 1, 2].map((index) => turns(page).nth(index));
    await first?.getByText("Answered by another-model because the usual model").waitFor();
    await first?.getByText(/quote this ID: [0-9a-f-]{36}$/).waitFor();
    await second?.getByText("Messages above this line are no longer sent to the model.").waitFor();
    await second?.getByText("Demo model ·").click();
    await second?.getByText("2 (restarted after a crash)").waitFor();
    const summary = second?.locator("div", { hasText: "Summary of older messages" }).last();
    expect(await textOf(summary!)).toMatch(/9,000 in, 700 out · \$0\.0045/);
    await third?.getByText("The answer timed out.").waitFor();
    expect(await third?.getByRole("button", { name: "Retry" }).count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.unroute("**/api/v1/conversations/*");
    await third?.getByRole("button", { name: "Continue" }).click();
    await turns(page).nth(3).getByText("Demo model ·").waitFor();
  });

  it("marks where the summary of older messages ends", async () => {
    const page = await signedIn();
    for (const turn of [0, 1, 2]) {
      await send(page, "Hello");
      await turns(page).nth(turn).getByText("Demo model ·").waitFor();
    }
    await page.route("**/api/v1/conversations/*", async (route) => {
      const response = await route.fetch();
      const transcript = await response.json();
      const [first, second, third] = transcript.turns;
      Object.assign(third, { history_from: second.turn_id, summarised_until: first.turn_id });
      await route.fulfill({ response, json: transcript });
    });
    await page.reload();
    const divider = "The model gets a summary of the messages above this line.";
    await turns(page).nth(1).getByText(divider).waitFor();
    expect(await page.getByText(divider).count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("completes before the summary that follows it", async () => {
    const page = await signedIn();
    const { script } = here.twin.parts.bedrock;
    await send(page, "My name is Ada");
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    for (const turn of [1, 2, 3, 4]) {
      await send(page, "word ".repeat(6_300));
      await turns(page).nth(turn).getByText("Demo model ·").waitFor();
    }
    const gate = createGate();
    script.add(answerWith("Yes."), interrupt(answerWith("- My name is Ada."), 1, stall(gate)));
    await send(page, "word ".repeat(6_300));
    await turns(page).nth(5).getByText("Demo model ·").waitFor();
    await gate.reached;
    await send(page, "What is my name?");
    await turns(page).nth(6).getByText("Ada").waitFor();
    await turns(page).nth(6).getByText("Demo model ·").waitFor();
    gate.release();
    const summaries = async () => {
      await page.reload();
      await turns(page).nth(6).getByText("Demo model ·").waitFor();
      return await page.getByText("Summary of older messages").count();
    };
    await expect.poll(summaries, { timeout: 30_000 }).toBeGreaterThan(0);
  });

  it("stops even after this page stopped following it", async () => {
    const page = await signedIn();
    const gate = here.twin.parts.bedrock.script.hold({ afterDeltas: 4 });
    // The service accepts the message, and its stream is cut before the first event.
    await page.route("**/api/v1/chat/stream", async (route) => {
      const response = await route.fetch({ url: new URL("/api/v1/chat", here.twin.url).href });
      const headers = { "content-location": (await response.json()).stream_url };
      const contentType = "text/event-stream";
      await route.fulfill({ contentType, headers, body: "retry: 10\n\n" });
    });
    // The page does not retry a 403.
    await page.route("**/api/v1/chat?*", (route) => route.fulfill({ status: 403, body: "" }));
    await send(page, "Write a long answer");
    await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
    await page.unroute("**/api/v1/chat?*");
    const other = await page.context().newPage();
    await other.goto(page.url());
    await gate.reached;
    await page.getByRole("button", { name: "Stop" }).click();
    for (const tab of [page, other]) {
      await turns(tab).nth(0).getByText("Stopped.").waitFor();
    }
    gate.release();
  });

  it("appears with a note when it finished before the stop request", async () => {
    const page = await signedIn();
    const gate = here.twin.parts.bedrock.script.hold({ afterDeltas: 2 });
    const answered = Promise.withResolvers<void>();
    // The stop request takes longer than the answer.
    await page.route("**/api/v1/chat?*", async (route) => {
      if (route.request().method() === "DELETE") await answered.promise;
      await route.continue();
    });
    await send(page, "Hello");
    await gate.reached;
    await send(page, "And goodbye");
    await page.getByRole("button", { name: "Remove" }).click();
    await turns(page).nth(1).getByText("Stopping…").waitFor();
    gate.release();
    await turns(page).nth(1).getByText("Demo model ·").waitFor();
    answered.resolve();
    await turns(page).nth(1).getByText("The answer finished before it could be stopped.").waitFor();
    await page.getByRole("button", { name: "Stopping…" }).waitFor({ state: "detached" });
  });

  it("stays in view while it grows, unless the reader scrolls away", async () => {
    const page = await signedIn({ viewport: { width: 400, height: 400 } });
    const gate = createGate();
    here.twin.parts.bedrock.script.add(
      interrupt(answerWith("word ".repeat(900)), 600, stall(gate)),
    );
    await send(page, "Hello");
    await gate.reached;
    const toBottom = page.getByRole("button", { name: "Jump to latest" });
    const scrolled = () => page.evaluate(() => Math.round(window.scrollY));
    // The page may be far behind the model.
    const words = async () => (await textOf(turns(page).nth(0))).match(/word/g)?.length;
    await expect.poll(words, patience).toBe(600);
    await expect.poll(scrolled, patience).toBeGreaterThan(500);
    expect(await toBottom.count()).toBe(0);

    await page.mouse.move(200, 150);
    await page.mouse.wheel(0, -200);
    await toBottom.waitFor();
    const place = await restingPlace(page);
    gate.release();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await scrolled()).toBe(place);
    await toBottom.click();
    await expect.poll(scrolled, patience).toBeGreaterThan(place + 300);
    await toBottom.waitFor({ state: "detached" });
  });

  it("glides to its end, but a loaded transcript shows its end at once", async () => {
    const { page } = await here.open({ viewport: { width: 400, height: 400 } });
    await page.addInitScript(() => {
      const scrollTo = window.scrollTo.bind(window);
      const far: unknown[] = [];
      Object.assign(window, {
        far,
        scrollTo: (options: ScrollToOptions) => {
          const distance = Number(options.top) - window.innerHeight - window.scrollY;
          if (distance > 64) far.push(options.behavior);
          scrollTo(options);
        },
      });
    });
    /** How the page has scrolled over more than two lines since the last call. */
    const takeFar = () => page.evaluate(() => Reflect.get(window, "far").splice(0).join());
    await page.reload();
    await signIn(page, here.twin.password);
    const gate = createGate();
    // The model sends word by word, so that the lines come at once.
    const lines = "line\n\n".repeat(12);
    here.twin.parts.bedrock.script.add(
      interrupt(answerWith(`One two three. ${lines}`), 2, stall(gate)),
    );
    await send(page, "Hello");
    await gate.reached;
    await turns(page).getByText("One two").waitFor();
    await takeFar();
    gate.release();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    // The page scrolls one frame after the text is there.
    await expect.poll(takeFar, patience).toMatch(/^smooth(,smooth)*$/);
    await page.reload();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    await expect.poll(takeFar, patience).toMatch(/^instant/);
  });

  it("does not block the composer: further messages are queued", async () => {
    const page = await signedIn();
    const gate = here.twin.parts.bedrock.script.hold({ afterDeltas: 2 });
    await send(page, "Write a long answer");
    await gate.reached;
    await send(page, "My name is Grace.");
    await turns(page).nth(1).getByText("Queued").waitFor();
    gate.release();
    await turns(page).nth(1).getByText("Demo model ·").waitFor();
  });

  it("of a hostile model loads nothing, runs nothing and shows each link's host", async () => {
    const page = await signedIn();
    here.twin.parts.bedrock.script.add(
      answerWith(
        [
          "![a](https://evil.example/1.png) ![b][r] <img src=https://evil.example/2.png onerror=alert(1)>",
          "<script>document.title = 'taken'</script> [c](javascript:document.title='taken')",
          "[my bank](https://evil.example/login) <style>body{background:url(https://evil.example)}</style>",
          "[r]: https://evil.example/3.png",
        ].join("\n\n"),
      ),
    );
    await send(page, "Hello");
    await turns(page).nth(0).getByText("my bank").waitFor();
    // The list brings the conversation's title.
    await expect.poll(() => page.title()).toBe("Hello · Enterprise Agentic AI");
    expect(await turns(page).locator("img").count()).toBe(0);
    const links = await turns(page).getByRole("link").all();
    for (const link of links) {
      expect(await link.getAttribute("rel")).toBe("noopener noreferrer nofollow");
      expect(await link.getAttribute("href")).toMatch(/^https:/);
    }
    expect(await textOf(turns(page).nth(0))).toContain("(evil.example)");
  });
});

describe("a conversation", () => {
  it("is not remembered after New chat", async () => {
    const page = await signedIn();
    await send(page, "Hello, my name is DemoUser");
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    await page.getByRole("button", { name: "New chat" }).click();
    await page.getByRole("heading", { name: "How can I help?" }).waitFor();
    await send(page, "What is my name?");
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await turns(page).count()).toBe(1);
    expect(await textOf(turns(page).nth(0))).not.toContain("DemoUser");
  });

  it("survives an expired session together with the draft", async () => {
    const page = await signedIn();
    await send(page, "Hello, my name is DemoUser");
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    // As with an expired session: the cookie stays, and the service rejects it.
    await page.route(acceptingRoutes, (route) =>
      route.fulfill({ status: 401, contentType: "text/plain", body: "" }),
    );
    await send(page, "What is my name?");
    await page.getByText("Your session expired.").waitFor();
    await page.unroute(acceptingRoutes);
    await signIn(page, here.twin.password);
    expect(await composer(page).inputValue()).toBe("What is my name?");
    await composer(page).press("Enter");
    await turns(page).nth(1).getByText("DemoUser").waitFor();
  });

  it("accepts a message once even if the response was lost", async () => {
    const page = await signedIn();
    await page.route(acceptingRoutes, async (route) => {
      await route.fetch();
      await route.abort();
    });
    await send(page, "Hello");
    await page.getByText("Can’t reach the server.").waitFor();
    await page.unroute(acceptingRoutes);
    await page.getByRole("button", { name: "Send" }).click();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    await page.reload();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await turns(page).count()).toBe(1);
  });

  it("is lost after a confirmed sign-out", async () => {
    const page = await signedIn();
    await send(page, "Hello, my name is DemoUser");
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    const more = page.getByRole("button", { name: "Menu" });
    const open = page.getByRole("button", { name: "Sign out" });
    await more.click();
    await open.click();
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await turns(page).count()).toBe(1);
    await more.click();
    await open.click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You’re signed out.").waitFor();
    await page.reload();
    await signIn(page, here.twin.password);
    await page.getByRole("heading", { name: "How can I help?" }).waitFor();
  });
});

describe("the page", () => {
  it("reports a wrong password and accepts a pasted one", async () => {
    const { page } = await here.open();
    const password = page.getByLabel("Password");
    expect(await password.getAttribute("autocomplete")).toBe("current-password");
    await password.fill("not the password");
    await password.press("Enter");
    await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    // insertText fires the same events as a paste.
    await password.fill("");
    await page.keyboard.insertText(here.twin.password);
    await password.press("Enter");
    await composer(page).waitFor();
  });

  it("shows that it is offline and reconnects", async () => {
    const page = await signedIn();
    await page.context().setOffline(true);
    await page.getByText("You’re offline.").waitFor();
    await page.context().setOffline(false);
    await page.getByText("You’re offline.").waitFor({ state: "detached" });
  });

  it("blocks a message that is too long and truncates nothing", async () => {
    const { page } = await here.open();
    await page.addInitScript(() => {
      // As in a tab whose storage is full.
      const setItem = Storage.prototype.setItem;
      Storage.prototype.setItem = function (key, value) {
        if (value.length > 100_000) throw new DOMException("full", "QuotaExceededError");
        setItem.call(this, key, value);
      };
    });
    await page.reload();
    await signIn(page, here.twin.password);
    await composer(page).fill("word ".repeat(40_000));
    await page.getByText("Too long by 168,000 characters (limit 32,000).").waitFor();
    expect((await composer(page).inputValue()).length).toBe(200_000);
    expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
    await composer(page).fill("x".repeat(32_000));
    await page.getByText("0 characters left").waitFor();
    expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(false);
  });

  it("returns a message that the service rejects as too long", async () => {
    const { page } = await here.open();
    // As if a deployment lowered the limit while this page was open.
    await page.route("**/api/me", async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        json: { ...(await response.json()), message_limit: 50_000 },
      });
    });
    await signIn(page, here.twin.password);
    await composer(page).fill("x".repeat(32_001));
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("must have at most 32000 characters").waitFor();
    expect(await composer(page).inputValue()).toBe("x".repeat(32_001));
  });

  it("counts the queued messages and keeps one that finds the queue full", async () => {
    const page = await signedIn();
    const gate = here.twin.parts.bedrock.script.hold({ afterDeltas: 1 });
    for (let count = 1; count <= 10; count += 1) {
      await send(page, `Message ${count}`);
      if (count === 3) await page.getByText("2 queued", { exact: true }).waitFor();
    }
    await page.getByText("Queue is full (10). Your message stays here").waitFor();
    await send(page, "One too many");
    expect(await composer(page).inputValue()).toBe("One too many");
    expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
    gate.release();
    await turns(page).nth(9).getByText("Demo model ·").waitFor();
    await page.keyboard.press("Enter");
    await turns(page).nth(10).getByText("Demo model ·").waitFor();
  });

  it("grows the composer in a browser without field-sizing", async () => {
    const { page } = await here.open();
    await page.addInitScript(() => {
      CSS.supports = () => false;
    });
    await page.reload();
    await signIn(page, here.twin.password);
    await page.evaluate(() => {
      document.styleSheets[0]?.insertRule("textarea { field-sizing: fixed !important }");
    });
    const height = async () => (await composer(page).boundingBox())?.height ?? 0;
    const one = await height();
    await composer(page).fill("a\nb\nc\nd");
    expect(await height()).toBeGreaterThan(one + 50);
    await composer(page).fill("a");
    expect(await height()).toBe(one);
  });

  it("shows a message and a reload button after a crash", async () => {
    const { page, complaints } = await here.open();
    await page.addInitScript(() => {
      if (sessionStorage.length === 0) {
        CSS.supports = () => {
          throw new Error("A missing browser feature.");
        };
      }
      sessionStorage.setItem("seen", "once");
    });
    await page.reload();
    await page.getByLabel("Password").fill(here.twin.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The page crashed.").waitFor();
    expect(complaints.join()).toContain("A missing browser feature.");
    complaints.splice(0);
    await page.getByRole("button", { name: "Reload" }).click();
    await composer(page).waitFor();
  });

  it("uses the browser's language and switches without losing state", async () => {
    const { page } = await here.open({ locale: "de-AT" });
    const language = () => page.evaluate(() => document.documentElement.lang);
    await page.getByLabel("Passwort").fill(here.twin.password);
    expect(await language()).toBe("de");
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Anmelden" }).click();
    const field = page.getByRole("textbox", { name: "Nachricht" });
    await field.fill("Was sind 12,5 % von 480?");
    await field.press("Enter");
    await page.getByText("Demo-Modell ·").click();
    await page.getByText("Ausgabe").waitFor();
    await field.fill("Ein Entwurf");

    const settings = await openPageSettings(page, "de");
    await settings.getByRole("radio", { name: "English" }).check();
    await page.getByText("Demo model ·").waitFor();
    expect(await language()).toBe("en");
    await page.keyboard.press("Escape");
    expect(await composer(page).inputValue()).toBe("Ein Entwurf");
    await page.reload();
    await page.getByText("Demo model ·").waitFor();
    expect(await language()).toBe("en");
  });

  it.each(["light", "dark"] as const)(
    "fits 320 pixels and passes axe in the %s theme",
    async (colorScheme) => {
      const page = await signedIn({ viewport: { width: 320, height: 640 }, colorScheme });
      here.twin.parts.bedrock.script.add(
        answerWith(
          `# Wide\n\n| a | b |\n|---|---|\n| ${"x".repeat(90)} | y |\n\n\`\`\`\n${"z".repeat(90)}\n\`\`\``,
        ),
      );
      await send(page, `Hello ${"w".repeat(90)}`);
      await turns(page).nth(0).getByText("Demo model ·").waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole("button", { name: "Menu" }).click();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole("button", { name: "Sign out" }).click();
      expect(await accessibilityFaults(page)).toEqual([]);
    },
  );
});

/** Returns where the page has come to rest: a turn of the wheel may take several frames. */
const restingPlace = (page: Page) =>
  page.evaluate(async () => {
    let place = Number.NaN;
    for (let frames = 0; frames < 10; frames += 1) {
      await new Promise(requestAnimationFrame);
      if (window.scrollY !== place) frames = 0;
      place = window.scrollY;
    }
    return Math.round(place);
  });
