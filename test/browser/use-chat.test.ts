import { join } from "node:path";
import type { UIMessage } from "ai";
import type { Page } from "playwright-core";
import { beforeEach, expect, it } from "vitest";
import {
  answerWith,
  callTools,
  createGate,
  interrupt,
  refuseWith,
  stall,
} from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import { textOf } from "#test/support/browser-page.ts";
import { ChatClient } from "#test/support/chat-client.ts";
import { foreignPage } from "#test/support/foreign-page.ts";

const here = browserOnTwin({
  CHAT_REQUESTS_PER_MINUTE: "120",
  // A busy machine keeps a runner from its next beat for a second.
  LEASE_SECONDS: "5",
  TOOL_POLICY: '[{"tool":"calculator","policy":"ask"}]',
});
const site = foreignPage(join(import.meta.dirname, "use-chat-page.tsx"), () => here.twin.url);
beforeEach(() => here.twin.parts.bedrock.script.clear());
const script = () => here.twin.parts.bedrock.script;

const newToken = () => new ChatClient(here.twin.url).loginForToken(here.twin.password);

async function newestAnswer(id: string, token: string): Promise<UIMessage | undefined> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${here.twin.url}/api/ai-sdk/chat/${id}`, { headers });
  return ((await response.json()) as UIMessage[]).at(-1);
}

/** Opens the page of a chat, with 16 letters as its id unless another is given. */
async function openChat({ id = "AbCdEfGhIjKlMnOp", token = "", status = "ready" } = {}) {
  const { page } = await here.openAt(site.url);
  const query = new URLSearchParams({ id, token: token || (await newToken()) });
  await page.goto(`/?${query}`);
  await statusIs(page, status);
  return page;
}

const messages = async (page: Page) =>
  (await page.getByRole("list", { name: "Messages" }).locator("> li").allTextContents()).map(
    (text) => text.trim(),
  );
const statusIs = (page: Page, status: string) =>
  expect.poll(() => textOf(page.getByRole("status"))).toBe(status);
const press = (page: Page, name: string) => page.getByRole("button", { name }).click();

async function send(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}

it("sends, streams with tools, regenerates, and shows the same after a reload", async () => {
  script().add(
    callTools([{ name: "current_time", input: {} }], "Let me look."),
    answerWith("Late."),
  );
  const page = await openChat();
  await send(page, "What time is it?");
  const first = [
    "user: What time is it?",
    "assistant: Let me look. [current_time output-available] \n\nLate.",
  ];
  await expect.poll(() => messages(page)).toEqual(first);
  await statusIs(page, "ready");

  script().add(answerWith("Early."));
  await press(page, "Regenerate");
  const second = ["user: What time is it?", "assistant: Early."];
  await expect.poll(() => messages(page)).toEqual(second);
  await statusIs(page, "ready");
  await page.reload();
  await expect.poll(() => messages(page)).toEqual(second);
});

it("resumes after a reload in mid-answer, and stops", async () => {
  const gate = script().hold({ afterDeltas: 3 });
  const token = await newToken();
  const page = await openChat({ id: "resumed", token });
  await send(page, "Tell me about the demo model");
  await expect.poll(async () => (await messages(page)).length).toBe(2);
  await page.reload();
  await expect.poll(async () => (await messages(page)).length).toBe(2);
  await statusIs(page, "streaming");
  gate.release();
  await statusIs(page, "ready");
  const whole = await messages(page);
  await page.reload();
  await expect.poll(() => messages(page)).toEqual(whole);

  const next = createGate();
  script().add(interrupt(answerWith("One two three four."), 3, stall(next)));
  await send(page, "And again");
  // What has not reached the page yet would be there after the reload.
  await expect.poll(async () => (await messages(page))[3]).toBe("assistant: One two three");
  await press(page, "Stop");
  await statusIs(page, "ready");
  const stopped = (await messages(page)).at(-1);
  // The runner reads the stop flag with its next beat.
  await expect
    .poll(() => newestAnswer("resumed", token))
    .toMatchObject({
      metadata: { status: "stopped" },
    });
  next.release();
  await page.reload();
  await expect.poll(async () => (await messages(page)).at(-1)).toBe(stopped);
});

it("takes the text of a dead runner back when it takes the turn over", async () => {
  const token = await newToken();
  const gate = script().hold({ afterDeltas: 3 });
  const running = await fetch(`${here.twin.functionUrl}/api/v1/chat`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ message: "Tell me" }),
  });
  const address = new URL(running.headers.get("content-location") ?? "", here.twin.url);
  const id = address.searchParams.get("conversation_id") ?? "";
  const page = await openChat({ id, token, status: "streaming" });
  await expect.poll(async () => (await messages(page))[1]?.length).toBeGreaterThan(12);

  script().add(answerWith("From the start."));
  await here.twin.functionKill("chat-stream");
  gate.release();
  await expect(running.text()).rejects.toThrow();
  await expect
    .poll(() => messages(page), { timeout: 20_000 })
    .toEqual(["user: Tell me", "assistant: From the start."]);
  await statusIs(page, "ready");
});

it("comes back after a cut when somebody looks at the page", async () => {
  const gate = script().hold({ afterDeltas: 3 });
  const page = await openChat({ id: "cut" });
  await send(page, "Tell me");
  await expect.poll(async () => (await messages(page))[1]?.length).toBeGreaterThan(12);

  script().add(answerWith("From the start."));
  await here.twin.functionKill("ai-sdk-chat");
  gate.release();
  await statusIs(page, "error");
  await page.evaluate(() => void document.dispatchEvent(new Event("visibilitychange")));
  await expect
    .poll(() => messages(page), { timeout: 20_000 })
    .toEqual(["user: Tell me", "assistant: From the start."]);
  await statusIs(page, "ready");
});

it("goes on in the same message after an approval", async () => {
  script().add(
    callTools([{ name: "calculator", input: { expression: "6*7" } }], "I will."),
    answerWith("It is 42."),
  );
  const page = await openChat({ id: "approved" });
  await send(page, "Calculate");
  await expect
    .poll(() => messages(page))
    .toEqual(["user: Calculate", "assistant: I will. [calculator approval-requested] Approve"]);
  await press(page, "Approve");
  await expect
    .poll(() => messages(page))
    .toEqual(["user: Calculate", "assistant: I will. [calculator output-available] \n\nIt is 42."]);
  await statusIs(page, "ready");
});

it("shows one sentence for a failed answer, and for a refusal", async () => {
  script().add(...Array.from({ length: 4 }, () => refuseWith("ValidationException")));
  const page = await openChat({ id: "failed" });
  await send(page, "Hello");
  await statusIs(page, "error");
  expect(await textOf(page.getByRole("alert"))).toMatch(/^The model [^{}]+\.$/);
  await send(page, "x".repeat(32_001));
  await expect
    .poll(() => textOf(page.getByRole("alert")))
    .toBe("messages must have at most 32000 characters.");
});
