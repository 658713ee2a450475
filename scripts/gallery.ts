import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { createGate, interrupt, refuse, say, stall } from "#local/bedrock/faults.ts";
import { startTwin, type Twin } from "#local/twin.ts";
import { send, signIn, turns, visit } from "#test/support/browser-visit.ts";
import { launchChromium } from "#test/support/chromium.ts";

const folder = join(import.meta.dirname, "..", ".local", "gallery");
const looks = [
  { name: "light-desktop", colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { name: "dark-desktop", colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { name: "light-phone", colorScheme: "light", viewport: { width: 375, height: 740 } },
  { name: "dark-phone", colorScheme: "dark", viewport: { width: 375, height: 740 } },
] as const;

const answer = `Here is how to **add up** a column.

| Item | Price |
|---|--:|
| Paper | 12.50 |
| Ink | 30.00 |

\`\`\`python
def total(prices: list[float]) -> float:
    # Cents would be exact.
    return sum(prices)
\`\`\`

1. Call it with the prices.
2. Read more in the [manual](https://example.com/manual).`;

const dataDirectory = mkdtempSync(join(tmpdir(), "agentic-chat-gallery-"));
// Postgres runs as another user when this runs as root, and has to get in.
chmodSync(dataDirectory, 0o755);
mkdirSync(folder, { recursive: true });
const twin = await startTwin({
  port: 0,
  dataDirectory,
  modelProvider: "demo",
  pace: { firstTokenMs: 0, tokensPerSecond: 0 },
  environment: { CHAT_REQUESTS_PER_MINUTE: "200" },
});
const browser = await launchChromium();
try {
  for (const look of looks) await takePictures(browser, twin, look);
  console.log(`The pictures are in ${folder}.`);
} finally {
  await browser.close();
  await twin.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
}

/** Every state of the page in one look, in the order in which a person meets them. */
async function takePictures(browser: Browser, twin: Twin, look: (typeof looks)[number]) {
  const { page } = await visit(browser, twin.url, look);
  const { faults } = twin.parts.bedrock;
  const take = (state: string) =>
    page.screenshot({ path: join(folder, `${state}-${look.name}.png`) });
  const newChat = () => page.getByRole("button", { name: "New Chat" }).click();

  await page.getByLabel("Password").waitFor();
  await take("login");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
  await take("login-refused");
  await signIn(page, twin.password);
  await page.getByText("Demo model", { exact: false }).waitFor();
  await take("empty");

  const gate = createGate();
  faults.add(interrupt(say(answer), 12, stall(gate)));
  await send(page, "How do I add up a column of prices?");
  await gate.reached;
  await turns(page).getByText("Writing…").waitFor({ state: "attached" });
  await take("writing");
  await send(page, "And the average?");
  await turns(page).getByText("Waiting for the answer before it.").waitFor();
  await take("queued");
  await page.getByRole("button", { name: "Take it back" }).click();
  gate.release();
  await ended(page);
  // Taken back in time or not: nothing runs any more.
  await page.getByRole("button", { name: "Answer again" }).waitFor();
  await take("answer");

  await newChat();
  await send(page, "What is 12.5% of 480?");
  await ended(page);
  await turns(page).getByText("Calculator").first().click();
  await take("tools");

  await newChat();
  faults.add(...Array.from({ length: 9 }, () => refuse("ValidationException")));
  await send(page, "Hello");
  await turns(page).getByRole("button", { name: "Retry" }).waitFor();
  await take("failed");
  faults.clear();

  await page.getByRole("button", { name: "Edit message" }).click();
  await take("editing");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "More" }).click();
  await take("menu");
  await page.getByRole("button", { name: "Sign out" }).click();
  await take("sign-out");
  await page.getByRole("button", { name: "Stay" }).click();
  if (look.viewport.width < 960) {
    await page.getByRole("button", { name: "Conversations" }).click();
    await page.getByRole("list", { name: "Conversations" }).getByText("12.5%").waitFor();
    await take("conversations");
    await page.keyboard.press("Escape");
  }
  await page.context().setOffline(true);
  await page.getByText("You are offline.").waitFor();
  await take("offline");
  await page.context().close();
}

async function ended(page: Page) {
  await turns(page).getByText("Demo model ·").first().waitFor();
}
