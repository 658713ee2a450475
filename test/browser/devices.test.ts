import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answerWith, createGate, interrupt, stall } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  accessibilityFaults,
  chooseInMenu,
  composer,
  ended,
  rows,
  send,
  sendAndWait,
  signIn,
  signOut,
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

/** Opens the dialog in a signed-in page, makes a code, and returns it with its link. */
async function makeCode(page: Page) {
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Use on another device" }).click();
  const dialog = page.getByRole("dialog", { name: "Use on another device" });
  await dialog.getByRole("button", { name: "Show a code" }).click();
  const code = await textOf(dialog.getByText(/^\w{5}-\w{5}$/));
  return { dialog, code, link: `/#code=${code}` };
}

const codeField = (page: Page) => page.getByLabel("Code from the other device");
const signInButton = (page: Page) => page.getByRole("button", { name: "Sign in" });
const deviceRows = (page: Page) =>
  page.getByRole("list", { name: "Devices" }).getByRole("listitem");

describe("a second device", () => {
  it("opens the same chats with a code that a person types, and can be signed out", async () => {
    const first = await signedIn();
    await sendAndWait(first, "Hello, my name is Ada");
    const { dialog, code } = await makeCode(first);
    await dialog.getByRole("img", { name: "QR picture of the link with the code" }).waitFor();
    await dialog.getByText(/^Valid for (10:00|9:5\d) min$/).waitFor();
    expect(await accessibilityFaults(first)).toEqual([]);

    const { page: second } = await here.open(phone);
    await second.getByRole("button", { name: "Use a code from another device" }).click();
    await second.getByText("Open your chats with a code from your other device.").waitFor();
    await codeField(second).fill("ABCDE-FGHJK");
    await signInButton(second).click();
    await second.getByText("Wrong, used or expired code.").waitFor();
    expect(await accessibilityFaults(second)).toEqual([]);
    await codeField(second).fill(` ${code.toLowerCase().replace("-", " ")} `);
    await second.keyboard.press("Enter");
    await composer(second).waitFor();
    await second.getByRole("button", { name: "Conversations" }).click();
    await rows(second).getByText("Hello, my name is Ada").waitFor();

    await dialog.getByText("Signed in: Chrome, Linux.").waitFor();
    expect(await dialog.getByText(code).count()).toBe(0);
    expect(await deviceRows(first).count()).toBe(2);
    const other = deviceRows(first).filter({ hasNotText: /This device/ });
    await other.getByRole("button", { name: "Sign out" }).click();
    await other.getByRole("button", { name: "Sign out" }).click();
    await dialog.getByRole("heading", { name: "1 device" }).waitFor();
    await second.reload();
    await second.getByLabel("Password").waitFor();
  });

  it("signs in with a link only after a press, once, and then not with the same link again", async () => {
    const { link } = await makeCode(await signedIn());
    const { page: second } = await here.open();
    await second.goto("about:blank");
    await second.goto(link);
    expect(await codeField(second).inputValue()).toMatch(/^\w{5}-\w{5}$/);
    expect(second.url()).not.toContain("#");
    await signInButton(second).click();
    await composer(second).waitFor();

    const { page: third } = await here.open();
    await third.goto("about:blank");
    await third.goto(link);
    await signInButton(third).click();
    await third.getByText("Wrong, used or expired code.").waitFor();
  });

  it("keeps its own chats, or signs out for those of the code", async () => {
    const first = await signedIn();
    await sendAndWait(first, "Hello, my name is Ada");
    const { link } = await makeCode(first);
    const second = await signedIn();
    await sendAndWait(second, "Hello, my name is Grace");
    await second.goto("about:blank");
    await second.goto(link);
    await second.getByText("This browser is already signed in.").waitFor();
    expect(await accessibilityFaults(second)).toEqual([]);
    await second.getByRole("button", { name: "Keep these chats" }).click();
    await rows(second).getByText("my name is Grace").waitFor();
    await second.goto("about:blank");
    await second.goto(link);
    await second.getByRole("button", { name: "Sign out and use the code" }).click();
    await signInButton(second).click();
    await rows(second).getByText("my name is Ada").waitFor();
    expect(await rows(second).count()).toBe(1);
  });

  it("is named in German, and signing out says what it means", async () => {
    const { page } = await here.open({ locale: "de-DE" });
    await page.getByRole("button", { name: "Code von einem anderen Gerät verwenden" }).click();
    await page.getByLabel("Code vom anderen Gerät").waitFor();
    await page.getByRole("button", { name: "Passwort verwenden" }).click();
    await page.getByLabel("Passwort", { exact: true }).fill(here.twin.password);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Menü" }).click();
    await page.getByRole("button", { name: "Auf anderem Gerät nutzen" }).click();
    await page.getByText("Dieses Gerät").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Schließen" }).click();
    await page.getByRole("button", { name: "Menü" }).click();
    await page.getByRole("button", { name: "Abmelden" }).click();
    await page.getByText("Jede wird 30 Tage nach ihrer letzten Nachricht gelöscht.").waitFor();
  });

  it("still knows its chats after a sign-out on the first one", async () => {
    const first = await signedIn();
    await sendAndWait(first, "Hello, my name is Ada");
    const { code } = await makeCode(first);
    await first.keyboard.press("Escape");
    const { page: second } = await here.open();
    await second.getByRole("button", { name: "Use a code from another device" }).click();
    await codeField(second).fill(code);
    await second.keyboard.press("Enter");
    await composer(second).waitFor();
    await signOut(first);
    await second.reload();
    await rows(second).getByText("my name is Ada").waitFor();
  });
});

describe("a shared chat", () => {
  it("is read without a session, continued after a login, and gone when its link is deleted", async () => {
    const owner = await signedIn();
    await sendAndWait(owner, "Hello, my name is Ada");
    await chooseInMenu(owner, rows(owner).nth(0), "Share");
    const dialog = owner.getByRole("dialog", { name: "Share this chat" });
    await dialog.getByRole("button", { name: "Create link" }).click();
    const link = await textOf(dialog.getByRole("list", { name: "Links" }).getByRole("link"));
    expect(await accessibilityFaults(owner)).toEqual([]);

    const { page: reader } = await here.open(phone);
    await reader.goto(link);
    await reader.getByRole("heading", { name: "Hello, my name is Ada" }).waitFor();
    await reader.getByRole("list", { name: "Shared chat" }).getByText("Ada").first().waitFor();
    expect(await reader.locator("meta[name=robots]").getAttribute("content")).toContain("noindex");
    expect(await accessibilityFaults(reader)).toEqual([]);
    await reader.getByRole("button", { name: "Continue from here" }).click();
    await reader.getByLabel("Password").fill(here.twin.password);
    await signInButton(reader).click();
    await reader.waitForURL(/\/c\//);
    await sendAndWait(reader, "What is my name?", 1);
    expect(await textOf(turns(reader).nth(1))).toContain("Ada");

    await dialog.getByRole("button", { name: "Delete link" }).click();
    await dialog.getByRole("heading", { name: "No links to this chat" }).waitFor();
    const { page: late } = await here.open({ locale: "de-DE" });
    await late.goto(link);
    await late.getByText("Dieser Link ist ungültig oder abgelaufen.").waitFor();
    expect(await accessibilityFaults(late)).toEqual([]);
  });
});

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

describe("a touch screen", () => {
  it("gets targets of 44 pixels, and an answer that does not move when it ends", async () => {
    const page = await signedIn(phone);
    const found: Record<string, string[]> = {};
    const look = async (state: string) => {
      const small = await smallTargets(page);
      if (small.length > 0) found[state] = small;
    };
    await page.getByRole("button", { name: "Crash the server" }).waitFor();
    await look("empty");

    const gate = createGate();
    here.twin.parts.bedrock.script.add(
      interrupt(answerWith("One two.\n\n| a | b |\n|---|---|\n| 1 | 2 |"), 2, stall(gate)),
    );
    await send(page, "Count");
    await gate.reached;
    const words = turns(page).getByText("One two");
    const distance = async () => {
      const [answer, message] = [await words.boundingBox(), await turns(page).boundingBox()];
      return (answer?.y ?? 0) - (message?.y ?? 0);
    };
    const whileOpen = await distance();
    await look("writing");
    gate.release();
    await ended(page);
    await turns(page).getByRole("button", { name: "Edit message" }).waitFor();
    expect(await distance()).toBe(whileOpen);
    await turns(page).getByRole("button", { name: "Good answer" }).waitFor();
    await look("answer");
    await turns(page).getByRole("button", { name: "Edit message" }).click();
    await page.getByRole("textbox", { name: "Edit message" }).waitFor();
    await look("editing");

    for (const name of ["Documents", "Notes", "Usage", "Settings", "Share this chat"]) {
      await page.getByRole("button", { name: "Menu" }).click();
      await page.getByRole("button", { name, exact: true }).click();
      const dialog = page.getByRole("dialog", { name });
      await dialog.getByText(/loading/i).waitFor({ state: "detached" });
      await look(name);
      await dialog.getByRole("button", { name: "Close" }).click();
      await dialog.waitFor({ state: "detached" });
    }
    await page.getByRole("button", { name: "Conversations" }).click();
    await rows(page).nth(0).waitFor();
    await look("list");
    expect(found).toEqual({});
  });

  /** Returns the buttons and fields that a finger misses. Links in a text may be as small as its lines (WCAG 2.5.8). */
  const smallTargets = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll("button, summary, input, textarea, select, nav a")]
        .map((element) => element.closest("label") ?? element)
        .filter((element) => {
          const { width, height } = element.getBoundingClientRect();
          const isShown = element.checkVisibility({ opacityProperty: true }) && width > 1;
          return isShown && Math.min(width, height) < 44;
        })
        .map((element) => element.outerHTML.slice(0, 120)),
    );
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
