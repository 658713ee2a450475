import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answerWith } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  composer,
  ended,
  send,
  sendAndWait,
  signIn,
  textOf,
  turns,
} from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;
const phone = { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true };

/** Returns a signed-in page whose browser was changed by `script`. */
async function signedInWith(script: () => void): Promise<Page> {
  const { page } = await here.open();
  await page.addInitScript(script);
  await page.reload();
  await signIn(page, here.twin.password);
  return page;
}

describe("an odd locale tag", () => {
  it.each([["en-US@posix"], ["en_US.UTF-8"], ["en-"]])(
    "%s does not break an answer",
    async (tag) => {
      const { page } = await here.open();
      await page.addInitScript((locale) => {
        Object.defineProperty(navigator, "languages", { get: () => [locale] });
      }, tag);
      await page.reload();
      await signIn(page, here.twin.password);
      await sendAndWait(page, "Hello, my name is Ada");
      await turns(page).getByRole("button", { name: "Copy answer" }).waitFor();
      expect(await turns(page).locator("time").count()).toBe(1);
    },
  );
});

describe("a render error in an answer", () => {
  it("leaves the rest of the page and names the turn in the error report", async () => {
    const { page, complaints } = await here.open();
    await signIn(page, here.twin.password);
    await page.evaluate(() => {
      Date.prototype.toDateString = () => {
        throw new Error("A fault of ours");
      };
    });
    here.twin.parts.bedrock.script.add(answerWith("A **bold** word"));
    await send(page, "Hello");
    await turns(page).getByRole("button", { name: "Copy answer" }).waitFor();
    expect(await textOf(turns(page).locator("strong"))).toBe("bold");
    expect(complaints).toEqual([
      expect.stringMatching(/could not draw the facts of turn [0-9a-f-]{36}/),
    ]);
    complaints.splice(0);
  });
});

describe("a touch keyboard", () => {
  it("starts a new line with Enter and sends with the button", async () => {
    const page = await signedIn(phone);
    await composer(page).tap();
    await page.keyboard.type("One");
    await page.keyboard.press("Enter");
    await page.keyboard.type("two");
    expect(await composer(page).inputValue()).toBe("One\ntwo");
    expect(await composer(page).getAttribute("enterkeyhint")).toBe("enter");
    expect(await textOf(page.locator("#message-keys"))).toContain("Enter for a new line");
    await page.getByRole("button", { name: "Send" }).tap();
    await ended(page);
    await turns(page).nth(0).getByText("One\ntwo").first().waitFor();
  });

  it("sends with Control+Enter when a hardware keyboard is attached", async () => {
    const page = await signedIn(phone);
    await composer(page).fill("Hello");
    await page.keyboard.press("Control+Enter");
    await ended(page);
  });
});

describe("a page on plain HTTP", () => {
  it("sends and copies, and keeps focus and selection", async () => {
    const page = await signedInWith(() => {
      Object.defineProperty(navigator, "clipboard", { value: undefined });
      Object.defineProperty(crypto, "randomUUID", { value: undefined });
    });
    await sendAndWait(page, "Hello, my name is Ada");
    const answer = turns(page).nth(0);
    const text = await textOf(answer.locator("p").nth(1));
    const copy = answer.getByRole("button", { name: "Copy answer" });
    await copy.focus();
    await copy.press("Enter");
    await answer.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Copied");
    await composer(page).focus();
    await page.keyboard.press("Control+V");
    expect(await composer(page).inputValue()).toContain(text);
  });

  it("reports a failed copy", async () => {
    const page = await signedInWith(() => {
      Object.defineProperty(navigator, "clipboard", { value: undefined });
      document.execCommand = () => false;
    });
    await sendAndWait(page, "Hello");
    await turns(page).getByRole("button", { name: "Copy answer" }).click();
    await turns(page).getByRole("button", { name: "Couldn’t copy" }).waitFor();
  });

  it("copies with execCommand when the clipboard API refuses", async () => {
    const page = await signedInWith(() => {
      navigator.clipboard.writeText = () =>
        Promise.reject(new DOMException("Write permission denied.", "NotAllowedError"));
    });
    await sendAndWait(page, "Hello");
    await turns(page).getByRole("button", { name: "Copy answer" }).click();
    await turns(page).getByRole("button", { name: "Copied" }).waitFor();
  });
});

describe("an older browser", () => {
  it("chats without AbortSignal.any, storage or BroadcastChannel", async () => {
    const page = await signedInWith(() => {
      Reflect.deleteProperty(AbortSignal, "any");
      for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { value: null });
      }
      Reflect.deleteProperty(window, "BroadcastChannel");
    });
    await sendAndWait(page, "Hello, my name is Ada");
    await sendAndWait(page, "What is my name?", 1);
    expect(await textOf(turns(page).nth(1))).toContain("Ada");
  });
});
