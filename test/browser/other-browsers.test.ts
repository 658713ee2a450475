import { describe, expect, it, onTestFinished } from "vitest";
import { answerWith, createGate, interrupt, stall } from "#local/bedrock/script.ts";
import { hasFirefox, launchFirefox } from "#test/support/firefox.ts";
import { openTwin } from "#test/support/open-twin.ts";
import type { SmokeBrowser } from "#test/support/smoke-browser.ts";
import { startViolationProxy } from "#test/support/violation-proxy.ts";
import { hasWebKit, launchWebKit } from "#test/support/webkit.ts";

const { twin } = await openTwin({ environment: { CHAT_REQUESTS_PER_MINUTE: "60" } });
const { script } = twin.parts.bedrock;

describe.each([
  ["Firefox", hasFirefox, launchFirefox],
  ["WebKit", hasWebKit, launchWebKit],
] as const)("%s", (name, isHere, launch) => {
  it.skipIf(!isHere())(
    "signs in, streams, resumes after a reload, stops, and keeps its list",
    async () => {
      const proxy = await startViolationProxy(twin.url);
      const browser = await launch();
      onTestFinished(async () => void (await Promise.all([browser.close(), proxy.close()])));
      const page = pageOf(browser);

      await browser.open(proxy.url);
      await page.shows("Password");
      await browser.type("input[type=password]", `${twin.password}\n`);
      await page.has("#message");

      // It reloads while an answer is written, and the answer goes on.
      const gate = createGate();
      script.add(interrupt(answerWith("One two three four."), 4, stall(gate)));
      await browser.type("#message", `${name} counts\n`);
      await page.shows("One two");
      await page.reload();
      await page.shows("One two");
      gate.release();
      await page.shows("One two three four.");

      // Stop keeps what was written.
      const endless = createGate();
      script.add(interrupt(answerWith("Endless words go on."), 4, stall(endless)));
      await browser.type("#message", "Never stop\n");
      await page.shows("Endless words");
      await page.press("Stop");
      await page.shows("Stopped");
      endless.release();

      // The first answer is written again, and both versions can be read.
      script.add(answerWith("A second version."));
      await page.press("Regenerate", 0);
      await page.shows("A second version.");
      await page.press("Previous version");
      await page.shows("One two three four.");

      await page.press("New chat");
      await page.shows(`${name} counts`);
      expect(await page.text()).not.toContain("Endless words");
      expect(proxy.violations).toEqual([]);

      // The reports above would show a violation.
      await browser.run(() => document.head.append(document.createElement("style")), null);
      await browser.run(() => {
        const style = document.querySelector("style");
        if (style) style.textContent = "p { color: red }";
      }, null);
      await expect.poll(() => proxy.violations.join()).toContain("style-src");
    },
  );
});

/** What a journey looks for on the page. Each step waits until the page is so far. */
function pageOf(browser: SmokeBrowser) {
  // biome-ignore lint/performance/useDomNodeTextContent: only the text that a person sees
  const text = () => browser.run(() => document.body.innerText, null);
  return {
    text,
    shows: (words: string) => expect.poll(text, { timeout: 30_000 }).toContain(words),
    has: (selector: string) =>
      expect
        .poll(() => browser.run((wanted) => document.querySelector(wanted) !== null, selector), {
          timeout: 30_000,
        })
        .toBe(true),
    /** Reloads, and waits until the old document is gone. */
    async reload(): Promise<void> {
      await browser.run(() => document.documentElement.setAttribute("data-old", ""), null);
      await browser.reload();
      await expect
        .poll(() => browser.run(() => document.querySelector("html[data-old]") === null, null))
        .toBe(true);
    },
    /** Presses a button by its name. */
    async press(label: string, index = -1): Promise<void> {
      await expect
        .poll(() => browser.run(markButton, { label, index }), { timeout: 30_000 })
        .toBe(true);
      await browser.click("[data-pressed-by-test]");
    },
  };
}

/** Marks the visible button with a name, so that a selector finds it. Returns whether there is one. */
function markButton({ label, index }: { label: string; index: number }): boolean {
  for (const before of document.querySelectorAll("[data-pressed-by-test]")) {
    before.removeAttribute("data-pressed-by-test");
  }
  const named = [...document.querySelectorAll("button")].filter(
    (button) =>
      (button.getAttribute("aria-label") ?? button.textContent ?? "").trim() === label &&
      button.getClientRects().length > 0,
  );
  named.at(index)?.setAttribute("data-pressed-by-test", "");
  return named.at(index) !== undefined;
}
