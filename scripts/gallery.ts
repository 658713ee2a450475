// `npm run gallery [name…]`: takes a picture of every state of the page, in light and dark, on desktop and phone.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { startTwin, type Twin } from "#local/twin.ts";
import { openPage, signIn } from "#test/support/browser-page.ts";
import { launchChromium } from "#test/support/chromium.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { makeTwinFolder } from "#test/support/twin-folder.ts";
import type { Studio } from "./gallery/studio.ts";
import { takeAnswers, takeMarks, takeReading } from "./gallery/take-answers.ts";
import { takeConversations } from "./gallery/take-conversations.ts";
import { takeDecisions } from "./gallery/take-decisions.ts";
import { takeDocuments } from "./gallery/take-documents.ts";
import { takeGerman, takeOffline, takeOperator } from "./gallery/take-elsewhere.ts";
import { takeLogin } from "./gallery/take-login.ts";
import { takeResults } from "./gallery/take-results.ts";
import { takeEditing, takeFailure, takeQueue } from "./gallery/take-sending.ts";
import { takeSettings } from "./gallery/take-settings.ts";

const folder = join(import.meta.dirname, "..", ".local", "gallery");
const phone = { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true };
const looks = {
  "light-desktop": { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  "dark-desktop": { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  "light-phone": { colorScheme: "light", ...phone },
  "dark-phone": { colorScheme: "dark", ...phone },
} as const;

/** In the order in which a user meets the states. Each part after the first begins in a signed-in page, in any chat. */
const parts: Record<string, (studio: Studio) => Promise<void>> = {
  login: takeLogin,
  queue: takeQueue,
  answers: takeAnswers,
  reading: takeReading,
  marks: takeMarks,
  failure: takeFailure,
  editing: takeEditing,
  decisions: takeDecisions,
  results: takeResults,
  documents: takeDocuments,
  conversations: takeConversations,
  settings: takeSettings,
  german: takeGerman,
  operator: takeOperator,
  offline: takeOffline,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in looks || name in parts));
if (unknown.length > 0) {
  const known = [...Object.keys(parts), ...Object.keys(looks)];
  console.error(`Unknown: ${unknown.join(", ")}. The names are: ${known.join(", ")}.`);
  process.exit(1);
}
const isWanted = (name: string, all: object) => {
  const wanted = names.filter((each) => each in all);
  return wanted.length === 0 || wanted.includes(name);
};

mkdirSync(folder, { recursive: true });
const browser = await launchChromium();
try {
  for (const [name, look] of Object.entries(looks)) {
    // Each look has its own twin, because the rate limit allows the messages of one look a minute.
    if (isWanted(name, looks)) await withTwin((twin) => takePictures(browser, twin, name, look));
  }
  console.log(`The pictures are in ${folder}.`);
} finally {
  await browser.close();
}

async function withTwin(use: (twin: Twin) => Promise<void>) {
  const dataDirectory = makeTwinFolder();
  const twin = await startTwin({
    port: 0,
    dataDirectory,
    modelProvider: "demo",
    pace: { firstTokenMs: 0, tokensPerSecond: 0 },
    environment: {
      // Port 9 discards everything, and nothing listens there: a call that runs fails.
      WEBHOOKS: '{"deploys":"http://127.0.0.1:9/"}',
      CHAT_SUGGESTIONS: "on",
    },
    viewerAddress: manyAddresses(),
  });
  try {
    await use(twin);
  } finally {
    await twin.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

/** Takes a picture of every state of the page in one look. */
async function takePictures(
  browser: Browser,
  twin: Twin,
  name: string,
  look: (typeof looks)[keyof typeof looks],
) {
  const { page } = await openPage(browser, twin.url, look);
  const studio: Studio = {
    ...{ page, twin, isNarrow: look.viewport.width < 960 },
    async take(state, shown = page) {
      await shown.evaluate(async () => {
        // The browser draws a change one frame later, and may scroll for some frames.
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        for (let before = Number.NaN; before !== window.scrollY; await frame()) {
          before = window.scrollY;
          await frame();
        }
      });
      await shown.screenshot({ path: join(folder, `${state}-${name}.png`) });
    },
    async openAnother({ isSignedIn = false, ...options }) {
      const storage = isSignedIn ? { storageState: await page.context().storageState() } : {};
      return (await openPage(browser, twin.url, { ...look, ...options, ...storage })).page;
    },
  };
  if (!isWanted("login", parts)) await signIn(page, twin.password);
  for (const [part, take] of Object.entries(parts)) {
    if (!isWanted(part, parts)) continue;
    try {
      await take(studio);
    } catch (error) {
      // The other parts can still be taken.
      console.error(`${name}: ${part} is unfinished.`, error);
      process.exitCode = 1;
      await page.context().setOffline(false);
      await studio.take(`unfinished-${part}`);
      await page.goto("/");
    }
  }
  await page.context().close();
}
