import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createGate, interrupt, refuse, say, stall } from "#local/bedrock/faults.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import { accessibilityFaults, send, signIn, textOf, turns } from "#test/support/browser-visit.ts";

const here = browserOnTwin({ CHAT_REQUESTS_PER_MINUTE: "60" });
const { signedIn } = here;
const patience = { timeout: 10_000 };

describe("an answer", () => {
  it("is shown while it is written, and goes on after a reload in the middle", async () => {
    const page = await signedIn();
    const gate = here.twin.parts.bedrock.faults.hold({ afterDeltas: 4 });
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

  it("shows the tools that it used", async () => {
    const page = await signedIn();
    await send(page, "What is 12.5% of 480?");
    const tools = turns(page).nth(0).getByRole("list", { name: "Tools used" });
    await tools.getByText("done").waitFor();
    await turns(page).nth(0).getByText("60").last().waitFor();
    // What went in and what came out is there for who asks.
    expect(await tools.getByText("Result").isVisible()).toBe(false);
    await tools.getByText("Calculator").click();
    await tools.getByText("Result").waitFor();
    expect(await tools.getByText("60").last().isVisible()).toBe(true);
  });

  it("ends when Stop is pressed, and keeps what had been written", async () => {
    const page = await signedIn();
    const gate = here.twin.parts.bedrock.faults.hold({ afterDeltas: 4 });
    await send(page, "Write a long answer");
    await gate.reached;
    await page.getByRole("button", { name: "Stop" }).click();
    await turns(page).nth(0).getByText("Stopped.").waitFor();
    gate.release();
    await send(page, "Hello again");
    await turns(page).nth(1).getByText("Demo model ·").waitFor();
  });

  it("that fails says so kindly, and Retry has the message answered in its place", async () => {
    const page = await signedIn();
    // The model refuses for as long as anybody tries.
    here.twin.parts.bedrock.faults.add(
      ...Array.from({ length: 9 }, () => refuse("ValidationException")),
    );
    await send(page, "Hello");
    const retry = turns(page).nth(0).getByRole("button", { name: "Retry" });
    await retry.waitFor();
    here.twin.parts.bedrock.faults.clear();
    await retry.click();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await turns(page).count()).toBe(1);
    await page.reload();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await turns(page).count()).toBe(1);
  });

  it("stays in sight while it grows, but lets a reader scroll away", async () => {
    const page = await signedIn({ viewport: { width: 400, height: 400 } });
    const gate = createGate();
    here.twin.parts.bedrock.faults.add(interrupt(say("word ".repeat(900)), 600, stall(gate)));
    await send(page, "Hello");
    await gate.reached;
    const toBottom = page.getByRole("button", { name: "Newest" });
    const scrolled = () => page.evaluate(() => Math.round(window.scrollY));
    await expect.poll(scrolled, patience).toBeGreaterThan(500);
    expect(await toBottom.count()).toBe(0);

    await page.mouse.move(200, 150);
    await page.mouse.wheel(0, -200);
    await toBottom.waitFor();
    const place = await scrolled();
    gate.release();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await scrolled()).toBe(place);
    await toBottom.click();
    await expect.poll(scrolled, patience).toBeGreaterThan(place + 300);
    await toBottom.waitFor({ state: "detached" });
  });

  it("does not keep anybody from writing: the next messages wait for their turn", async () => {
    const page = await signedIn();
    const gate = here.twin.parts.bedrock.faults.hold({ afterDeltas: 2 });
    await send(page, "Write a long answer");
    await gate.reached;
    await send(page, "My name is Grace.");
    await turns(page).nth(1).getByText("Waiting for the answer before it.").waitFor();
    gate.release();
    await turns(page).nth(1).getByText("Demo model ·").waitFor();
  });

  it("from a hostile model loads nothing, runs nothing and leads nowhere unseen", async () => {
    const page = await signedIn();
    here.twin.parts.bedrock.faults.add(
      say(
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
    expect(await page.title()).toBe("Enterprise Agentic AI");
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
  it("is left by New Chat, and is not remembered in the next", async () => {
    const page = await signedIn();
    await send(page, "Hello, my name is DemoUser");
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    await page.getByRole("button", { name: "New Chat" }).click();
    await page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
    await send(page, "What is my name?");
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await turns(page).count()).toBe(1);
    expect(await textOf(turns(page).nth(0))).not.toContain("DemoUser");
  });

  it("waits for its owner when the session ends in the middle, with the draft", async () => {
    const page = await signedIn();
    await send(page, "Hello, my name is DemoUser");
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    // The cookie stays, as it does when a session runs out; the service refuses it.
    await page.route("**/api/v1/chat", (route) =>
      route.fulfill({ status: 401, contentType: "text/plain", body: "" }),
    );
    await send(page, "What is my name?");
    await page.getByText("Your session has ended.").waitFor();
    await page.unroute("**/api/v1/chat");
    await signIn(page, here.twin.password);
    const composer = page.getByRole("textbox", { name: "Message" });
    expect(await composer.inputValue()).toBe("What is my name?");
    await composer.press("Enter");
    await turns(page).nth(1).getByText("DemoUser").waitFor();
  });

  it("accepts a message once, though the answer to it was lost on the way", async () => {
    const page = await signedIn();
    await page.route("**/api/v1/chat", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await send(page, "Hello");
    await page.getByText("The service cannot be reached").waitFor();
    await page.unroute("**/api/v1/chat");
    await page.getByRole("button", { name: "Send" }).click();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    await page.reload();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await turns(page).count()).toBe(1);
  });

  it("goes out of reach with signing out, which asks first", async () => {
    const page = await signedIn();
    await send(page, "Hello, my name is DemoUser");
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    const more = page.getByRole("button", { name: "More" });
    const open = page.getByRole("button", { name: "Sign out" });
    await more.click();
    await open.click();
    await page.getByRole("button", { name: "Stay" }).click();
    expect(await turns(page).count()).toBe(1);
    await more.click();
    await open.click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    await page.reload();
    await signIn(page, here.twin.password);
    await page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
  });
});

describe("the page", () => {
  it("says what is wrong with a password, and lets it be pasted", async () => {
    const { page } = await here.visit();
    const password = page.getByLabel("Password");
    expect(await password.getAttribute("autocomplete")).toBe("current-password");
    await password.fill("not the password");
    await password.press("Enter");
    await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    // What insertText does is what pasting does.
    await password.fill("");
    await page.keyboard.insertText(here.twin.password);
    await password.press("Enter");
    await page.getByRole("textbox", { name: "Message" }).waitFor();
  });

  it("is on the way in at most 150 KB of script", async () => {
    const html = await (await fetch(here.twin.url)).text();
    const scripts = [...html.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, path]) => path ?? "");
    const sizes = await Promise.all(
      scripts.map(async (path) => {
        const script = await fetch(new URL(path, here.twin.url));
        return gzipSync(await script.bytes()).length;
      }),
    );
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
  });

  it("says when it is offline, and goes on when it is not", async () => {
    const page = await signedIn();
    await page.context().setOffline(true);
    await page.getByText("You are offline.").waitFor();
    await page.context().setOffline(false);
    await page.getByText("You are offline.").waitFor({ state: "detached" });
  });

  it("refuses a message that is too long before it is sent", async () => {
    const page = await signedIn();
    await page.getByRole("textbox", { name: "Message" }).fill("x".repeat(4_001));
    await page.getByText("1 characters too many").waitFor();
    expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  });

  it.each(["light", "dark"] as const)(
    "has room at 320 pixels, and nothing against anybody, in %s",
    async (colorScheme) => {
      const page = await signedIn({ viewport: { width: 320, height: 640 }, colorScheme });
      here.twin.parts.bedrock.faults.add(
        say(
          `# Wide\n\n| a | b |\n|---|---|\n| ${"x".repeat(90)} | y |\n\n\`\`\`\n${"z".repeat(90)}\n\`\`\``,
        ),
      );
      await send(page, `Hello ${"w".repeat(90)}`);
      await turns(page).nth(0).getByText("Demo model ·").waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole("button", { name: "More" }).click();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole("button", { name: "Sign out" }).click();
      expect(await accessibilityFaults(page)).toEqual([]);
    },
  );
});
