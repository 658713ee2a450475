import type { Page, Route } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answerWith, createGate, interrupt, stall } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  acceptingRoutes,
  composer,
  confirmSignOut,
  editor,
  ended,
  openPageSettings,
  rows,
  send,
  sendAndWait,
  signIn,
  signOut,
  textOf,
  turns,
  welcome,
} from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { talkTwice } from "./talk-twice.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;
const patience = { timeout: 10_000 };

describe("a message in transit", () => {
  it("is delivered after a reload, even if its conversation was left", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello, my name is Ada");
    const ada = page.url();
    // Neither request is answered. The first message is in its conversation, the second in one without an id.
    let isLeft = false;
    await page.route(acceptingRoutes, (route: Route) => isLeft && route.continue());
    await send(page, "What is my name?");
    await page.getByText("Sending…").waitFor();
    await page.getByRole("button", { name: "New chat" }).click();
    await welcome(page).waitFor();
    await send(page, "What time is it in Tokyo?");
    await page.getByText("Sending…").waitFor();
    await page.getByRole("button", { name: "New chat" }).click();
    await welcome(page).waitFor();
    // Without the route both requests would go on before the reload.
    isLeft = true;

    await page.reload();
    await rows(page).getByRole("link", { name: "Tokyo" }).waitFor();
    expect(await turns(page).count()).toBe(0);
    await page.goto(ada);
    await turns(page).nth(1).getByText("Demo model ·").waitFor();
    expect(await textOf(turns(page).nth(1))).toContain("What is my name?");
    await rows(page).getByRole("link", { name: "Tokyo" }).click();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await turns(page).count()).toBe(1);
    expect(await rows(page).count()).toBe(2);
  });

  it("is dropped on sign-out", async () => {
    const page = await signedIn();
    await page.route(acceptingRoutes, () => {});
    await send(page, "A secret");
    await page.getByText("Sending…").waitFor();
    await signOut(page);
    await page.unroute(acceptingRoutes);
    await page.reload();
    await signIn(page, here.twin.password);
    await welcome(page).waitFor();
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("secret");
    expect(await composer(page).inputValue()).toBe("");
  });
});

describe("signing out", () => {
  it("commits a pending deletion first and does not show an expired session", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello, my name is Ada");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(`${request.method()} ${request.url()}`));
    await rows(page).getByRole("link").press("Delete");
    await page.getByRole("button", { name: "Undo" }).waitFor();
    await signOut(page);
    const ends = asked.filter((request) => /^DELETE|logout$/.test(request));
    expect(ends.map((request) => request.split(" ")[0])).toEqual(["DELETE", "POST"]);
  });

  it("ignores a response that is not the service's", async () => {
    const page = await signedIn();
    const html = {
      status: 200,
      contentType: "text/html",
      body: "<h1>Welcome to our wireless</h1>",
    };
    await page.route("**/api/logout", (route) => route.fulfill(html));
    await confirmSignOut(page);
    await page.getByText("Unexpected response from the server.").waitFor();
    expect(await page.getByRole("dialog").isVisible()).toBe(true);
  });
});

describe("a deletion", () => {
  it("can be undone, and is committed when the page closes", async () => {
    const page = await signedIn();
    await talkTwice(page);
    await rows(page).nth(0).getByRole("link").press("Delete");
    await expect.poll(() => rows(page).count(), patience).toBe(1);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => rows(page).count(), patience).toBe(2);

    await rows(page).nth(1).getByRole("link").press("Delete");
    await expect.poll(() => rows(page).count(), patience).toBe(1);
    await page.reload();
    await rows(page).getByText("Tokyo").waitFor();
    await expect
      .poll(async () => {
        await page.reload();
        await rows(page).getByText("Tokyo").waitFor();
        return await rows(page).count();
      }, patience)
      .toBe(1);
  });

  it("shows a notice and restores the conversation when the service refuses", async () => {
    const page = await signedIn();
    await talkTwice(page);
    await page.route("**/api/v1/conversations/*", (route) =>
      route.fulfill({ status: 503, contentType: "text/plain", body: "" }),
    );
    await rows(page).getByRole("link", { name: "Hello" }).press("Delete");
    await rows(page).getByRole("link", { name: "What" }).press("Delete");
    await rows(page).getByRole("link", { name: "Ada" }).waitFor();
    await page.getByRole("alert").filter({ hasText: "Unexpected response" }).waitFor();
  });

  it("is confirmed with words that no title can reverse", async () => {
    const page = await signedIn();
    await sendAndWait(page, "\u202eexe.txt");
    await rows(page).getByRole("link").press("Delete");
    const notice = page.getByText("Deleted “");
    const isInOrder = await notice.evaluate((element) => {
      const leftOf = (word: string) => {
        const text = element.firstChild;
        const at = text?.textContent?.indexOf(word) ?? -1;
        const range = document.createRange();
        if (text) range.setStart(text, at);
        if (text) range.setEnd(text, at + word.length);
        return range.getBoundingClientRect().left;
      };
      return leftOf("txt") < leftOf("”");
    });
    expect(isInOrder).toBe(true);
  });

  it("is undone by opening the conversation again", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello, my name is Ada");
    await rows(page).getByRole("link", { name: "Hello" }).press("Delete");
    await welcome(page).waitFor();
    await page.goBack();
    await turns(page).getByText("my name is Ada").waitFor();
    await rows(page).getByRole("link", { name: "Ada" }).waitFor();
    expect(await page.getByRole("button", { name: "Undo" }).count()).toBe(0);
  });
});

describe("a browser without storage", () => {
  it("shows the page and keeps draft and theme in memory", async () => {
    const { page } = await here.open();
    await page.addInitScript(() => {
      for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException("Access is denied for this document.", "SecurityError");
          },
        });
      }
    });
    await page.reload();
    await signIn(page, here.twin.password);
    await sendAndWait(page, "Hello, my name is Ada");
    const settings = await openPageSettings(page);
    await settings.getByRole("radio", { name: "Dark" }).check();
    await settings.getByRole("radio", { name: "Deutsch" }).check();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Antwort kopieren" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
  });
});

describe("a page that checks the session", () => {
  it("explains a wait of more than three seconds", async () => {
    const page = await signedIn();
    const slow = page.getByText("Starting up; this takes a few seconds.");
    const woken = Promise.withResolvers<void>();
    await page.route("**/api/me", async (route) => {
      await woken.promise;
      await route.continue();
    });
    await page.clock.install();
    // Timers fire only in runFor: a busy machine must not eat the last 100 ms.
    await page.clock.pauseAt(Date.now() + 60_000);
    const asked = page.waitForRequest("**/api/me");
    await page.reload();
    await asked;
    await page.clock.runFor(2_900);
    expect(await slow.count()).toBe(0);
    await page.clock.runFor(200);
    await slow.waitFor();
    woken.resolve();
    await page.clock.resume();
    await composer(page).waitFor();
  });
});

describe("the composer", () => {
  it("rejects a huge paste at once, with a notice", async () => {
    const page = await signedIn();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await composer(page).fill("Half a sentence");
    await page.evaluate(() => navigator.clipboard.writeText("a line of text\n".repeat(400_000)));
    const begun = Date.now();
    await page.keyboard.press("Control+V");
    await page.getByText("Pasted text is too long (6,000,000 of 32,000 characters)").waitFor();
    expect(Date.now() - begun).toBeLessThan(10_000);
    expect(await composer(page).inputValue()).toBe("Half a sentence");
    await page.evaluate(() => navigator.clipboard.writeText("a line of text\n".repeat(6_000)));
    await page.keyboard.press("Control+V");
    await page.getByText("Too long by").waitFor();
    expect(await composer(page).inputValue()).toHaveLength(90_015);
  });

  it("keeps the draft while a message is edited, and both through a reload", async () => {
    const page = await signedIn();
    await sendAndWait(page, "My name is Ada");
    const edit = turns(page).getByRole("button", { name: "Edit message" });
    await composer(page).fill("Half a thought");
    await edit.click();
    await editor(page).fill("My name is Grace");
    await page.reload();
    expect(await editor(page).inputValue()).toBe("My name is Grace");
    expect(await composer(page).inputValue()).toBe("Half a thought");
    await editor(page).press("Escape");
    await turns(page).nth(0).getByText("My name is Ada").waitFor();
    await edit.click();
    expect(await editor(page).inputValue()).toBe("My name is Ada");
    await editor(page).fill("My name is Grace");
    await page.getByRole("button", { name: "Send" }).first().click();
    await turns(page).nth(0).getByText("My name is Grace").waitFor();
    await ended(page);
    expect(await composer(page).inputValue()).toBe("Half a thought");
    // The title came from the first version.
    await rows(page).getByRole("link", { name: "My name is Grace" }).waitFor();
  });

  it("leaves Enter to an input method, also in Safari", async () => {
    const page = await signedIn();
    await composer(page).fill("ありがとう");
    await composer(page).dispatchEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true });
    expect(await composer(page).inputValue()).toBe("ありがとう");
    await page.keyboard.press("Enter");
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
  });
});

describe("a double click", () => {
  it("on Regenerate runs one turn", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello, my name is Ada");
    await turns(page).getByRole("button", { name: "Regenerate" }).dblclick();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    await expect.poll(() => page.getByText("Sending…").count(), patience).toBe(0);
    expect(await turns(page).count()).toBe(1);
    expect(await composer(page).inputValue()).toBe("");
    expect(await page.getByRole("alert").filter({ hasText: /./ }).count()).toBe(0);
  });
});

describe("a conversation that failed to load", () => {
  it("loads together with the list when the network returns", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello, my name is Ada");
    await page.route("**/api/v1/conversations**", (route) => route.abort());
    await page.reload();
    for (const part of ["main", "navigation"] as const) {
      await page.getByRole(part).getByRole("button", { name: "Try again" }).waitFor();
    }
    await page.unroute("**/api/v1/conversations**");
    await page.context().setOffline(true);
    await page.context().setOffline(false);
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    await rows(page).getByRole("link", { name: "Ada" }).waitFor();
  });
});

describe("an answer whose runner died", () => {
  it("shows Reconnecting after 3 s and keeps its text until the new text is longer", async () => {
    const page = await signedIn();
    const [first, second] = [createGate(), createGate()];
    here.twin.parts.bedrock.script.add(
      interrupt(answerWith("One two three four five six."), 4, stall(first)),
      interrupt(answerWith("Eins zwei drei vier fünf sechs sieben."), 2, stall(second)),
    );
    await send(page, "Count");
    await first.reached;
    const answer = turns(page).nth(0);
    await answer.getByText("One two three four").waitFor();
    const texts = await watchTexts(page);
    await here.twin.functionKill("chat-stream");
    await answer.getByText("Reconnecting…").waitFor({ timeout: 12_000 });
    expect(await textOf(answer)).toContain("One two three four");

    await second.reached;
    await answer.locator("[data-outdated]").waitFor();
    await answer.getByText("Reconnecting…").waitFor({ state: "detached" });
    expect(await textOf(answer)).toContain("One two three four");
    second.release();
    await ended(page);
    expect(await textOf(answer)).toContain("Eins zwei drei vier fünf sechs sieben.");
    expect(await answer.locator("[data-outdated]").count()).toBe(0);
    // The text was never shorter than before the runner died.
    expect(Math.min(...(await texts()))).toBeGreaterThanOrEqual("One two three four".length);
  });
});

describe("the address of another owner's conversation", () => {
  it.each([
    ["en-US", "Conversation not found, or not yours."],
    ["de-DE", "Unterhaltung nicht gefunden, oder sie gehört dir nicht."],
  ])("shows that it was not found, in %s", async (locale, words) => {
    const { page } = await here.open({ locale });
    await page.locator("#password").fill(here.twin.password);
    await page.keyboard.press("Enter");
    await page.locator("#message").waitFor();
    await page.goto("/c/11111111-1111-4111-8111-111111111111");
    await page.getByText(words).waitFor();
  });
});

/** Records the length of the first answer's text at each change. */
async function watchTexts(page: Page): Promise<() => Promise<number[]>> {
  const notes = await page.evaluateHandle(() => {
    const lengths: number[] = [];
    const answer = document.querySelector("main ol > li");
    const note = () => {
      const body = answer?.querySelector("[class*=markdown]");
      lengths.push(body?.textContent?.length ?? 0);
    };
    if (answer)
      new MutationObserver(note).observe(answer, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    return lengths;
  });
  return () => notes.jsonValue();
}
