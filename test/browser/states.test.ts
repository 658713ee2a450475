import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answerWith, createGate, interrupt, refuseWith, stall } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  accessibilityFaults,
  composer,
  editor,
  ended,
  openPageSettings,
  send,
  signIn,
  textOf,
  turns,
} from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;
const patience = { timeout: 10_000 };

const background = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);

describe("accessibility in every state", () => {
  it.each(["light", "dark"] as const)(
    "axe finds no violation in the %s theme",
    async (colorScheme) => {
      const { page } = await here.open({ colorScheme });
      const { script } = here.twin.parts.bedrock;
      const found: Record<string, string[]> = {};
      const look = async (state: string) => {
        const against = await accessibilityFaults(page);
        if (against.length > 0) found[state] = against;
      };

      await page.getByLabel("Password").waitFor();
      await look("login");
      await page.getByLabel("Password").fill("not the password");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
      await look("login refused");
      await signIn(page, here.twin.password);
      await page.getByRole("heading", { name: "How can I help?" }).waitFor();
      await look("empty");

      const gate = createGate();
      script.add(
        interrupt(
          answerWith("# One\n\n`two` **three** [four](https://example.com)"),
          3,
          stall(gate),
        ),
      );
      await send(page, "Hello");
      await gate.reached;
      await send(page, "And then?");
      await turns(page).nth(1).getByText("Queued").waitFor();
      await look("queued");
      await page.context().setOffline(true);
      await page.getByText("You’re offline.").waitFor();
      await look("offline");
      await page.context().setOffline(false);
      gate.release();
      await turns(page).nth(1).getByText("Demo model ·").waitFor();
      await look("answered");

      script.add(...Array.from({ length: 9 }, () => refuseWith("ValidationException")));
      await send(page, "Fail");
      await turns(page).nth(2).getByRole("button", { name: "Retry" }).waitFor();
      script.clear();
      await look("failed");
      await turns(page).nth(1).getByRole("button", { name: "Edit message" }).click();
      await editor(page).waitFor();
      await look("editing");
      await editor(page).fill("Hello again");
      await page.getByRole("button", { name: "Save only" }).click();
      await turns(page).nth(1).getByText("Edited").click();
      await turns(page).nth(1).getByRole("button", { name: "Regenerate" }).click();
      await ended(page, 1);
      await page.getByRole("group", { name: "Version 2 of 2" }).waitFor();
      await page.getByRole("button", { name: "Previous version" }).click();
      await page.getByRole("group", { name: "Version 1 of 2" }).waitFor();
      await look("versions");
      await page.getByRole("button", { name: "Menu" }).click();
      await look("menu");
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("dialog").waitFor();
      await look("dialog");
      await page.getByRole("button", { name: "Cancel" }).click();

      const held = Promise.withResolvers<void>();
      await page.route("**/api/v1/conversations/*", async (route) => {
        await held.promise;
        await route.abort();
      });
      await page.reload();
      await page.getByText("Loading conversation…").waitFor();
      await look("loading");
      held.resolve();
      await page.getByRole("button", { name: "Try again" }).waitFor();
      await look("not loaded");
      await page.unroute("**/api/v1/conversations/*");

      await page.route("**/api/me", (route) => route.abort());
      await page.reload();
      await page.getByRole("button", { name: "Try again" }).waitFor();
      await look("unreachable");
      expect(found).toEqual({});
    },
  );
});

describe("the theme", () => {
  it("follows the system until the user chooses, and keeps the choice", async () => {
    const page = await signedIn({ colorScheme: "dark" });
    const dark = await background(page);
    await page.emulateMedia({ colorScheme: "light" });
    const light = await background(page);
    expect(light).not.toBe(dark);

    const choose = async (name: string) => {
      const settings = await openPageSettings(page);
      await settings.getByRole("radio", { name }).check();
      await page.keyboard.press("Escape");
      await settings.waitFor({ state: "detached" });
    };
    await choose("Dark");
    expect(await background(page)).toBe(dark);
    await page.reload();
    await composer(page).waitFor();
    expect(await background(page)).toBe(dark);
    await choose("Light");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await background(page)).toBe(light);
    await choose("System");
    expect(await background(page)).toBe(dark);
  });
});

describe("the login", () => {
  it("shows whether Caps Lock is on", async () => {
    const { page } = await here.open();
    const password = page.getByLabel("Password");
    await password.waitFor();
    const press = (capsLock: boolean) =>
      password.evaluate((field, modifierCapsLock) => {
        const key = modifierCapsLock ? "A" : "a";
        field.dispatchEvent(new KeyboardEvent("keyup", { key, bubbles: true, modifierCapsLock }));
      }, capsLock);
    await press(true);
    await page.getByText("Caps Lock is on.").waitFor();
    await press(false);
    await page.getByText("Caps Lock is on.").waitFor({ state: "detached" });
  });

  it("explains a slow start after three seconds, not before", async () => {
    const { page } = await here.open();
    const slow = page.getByText("Starting up; this takes a few seconds.");
    await page.clock.install();
    // Timers fire only in runFor: a busy machine must not eat the last 100 ms.
    await page.clock.pauseAt(Date.now() + 60_000);
    const woken = Promise.withResolvers<void>();
    await page.route("**/api/login", async (route) => {
      await woken.promise;
      await route.continue();
    });
    await page.getByLabel("Password").fill(here.twin.password);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Signing in…" }).waitFor();
    await page.clock.runFor(2_900);
    expect(await slow.count()).toBe(0);
    await page.clock.runFor(200);
    await slow.waitFor();
    woken.resolve();
    await page.clock.resume();
    await composer(page).waitFor();
  });
});

describe("a network failure during an answer", () => {
  it("shows a notice, and the answer continues when the network returns", async () => {
    const page = await signedIn();
    const gate = createGate();
    here.twin.parts.bedrock.script.add(
      interrupt(answerWith("One two three four."), 2, stall(gate)),
    );
    await send(page, "Count");
    await gate.reached;
    await turns(page).nth(0).getByText("One two").waitFor();
    await page.context().setOffline(true);
    await page.getByText("You’re offline.").waitFor();
    gate.release();
    await page.context().setOffline(false);
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await textOf(turns(page).nth(0))).toContain("One two three four.");
    expect(await page.getByRole("alert").filter({ hasText: /./ }).count()).toBe(0);
    expect(await turns(page).count()).toBe(1);
  });
});

describe("the page", () => {
  it("shows right-to-left text from the right, except code", async () => {
    const page = await signedIn({ viewport: { width: 320, height: 640 } });
    here.twin.parts.bedrock.script.add(
      answerWith("مرحبا بك.\n\nThis is English.\n\n- واحد\n- اثنان\n\n```js\nf(1);\n```"),
    );
    await send(page, "شكرا");
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    /** Returns the edge at which the words of a text start, not the edge of their box. */
    const side = (text: string) =>
      turns(page)
        .locator("p, li, code")
        .filter({ hasText: text })
        .last()
        .evaluate((element) => {
          const words = document.createRange();
          words.selectNodeContents(element);
          const box = element.getBoundingClientRect();
          const { left, right } = words.getBoundingClientRect();
          return left - box.left < box.right - right + 1 ? "left" : "right";
        });
    const message = turns(page).locator("p").filter({ hasText: "شكرا" }).first();
    expect(await message.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
    expect(await side("مرحبا بك.")).toBe("right");
    expect(await side("This is English.")).toBe("left");
    expect(await side("واحد")).toBe("right");
    expect(await side("f(1);")).toBe("left");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    // The markers of a list are on the right of its words.
    const box = await turns(page).locator("li").first().boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan(320 - 16 - 12);
  });

  it("shows no animation with reduced motion", async () => {
    const page = await signedIn({ reducedMotion: "reduce" });
    const gate = here.twin.parts.bedrock.script.hold({ afterDeltas: 1 });
    await send(page, "Hello");
    await gate.reached;
    const running = () => page.evaluate(() => document.getAnimations().length);
    await turns(page).getByText("Writing…").waitFor({ state: "attached" });
    expect(await running()).toBe(0);
    await page.emulateMedia({ reducedMotion: "no-preference" });
    await expect.poll(running, patience).toBeGreaterThan(0);
    gate.release();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
  });
});
