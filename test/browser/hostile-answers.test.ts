import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answerWith } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import { send, turns } from "#test/support/browser-page.ts";
import { isFullRun } from "#test/support/full-properties.ts";
import { payloads } from "./hostile-payloads.ts";

const here = browserOnTwin();

const quarter = Math.floor(Math.random() * 4);
/** The page draws about 5,000 times for all payloads. A run of `npm test` cuts every fourth one, another fourth each time. */
const cutPayloads = payloads.filter((_, index) => isFullRun || index % 4 === quarter);

describe("a hostile model reaches no other host and runs no script", () => {
  it("with every payload in whole answers", async () => {
    expect(payloads.length).toBeGreaterThan(90);
    const page = await here.signedIn();
    // The icons of the cards are the page's own.
    await page.getByRole("button", { name: "Crash the server" }).waitFor();
    const seen = await watch(page);
    // A few payloads per turn: one answer holds 16 KB, and an unclosed payload swallows the rest of its block.
    const perTurn = 15;
    for (let first = 0; first < payloads.length; first += perTurn) {
      const some = payloads.slice(first, first + perTurn);
      here.twin.parts.bedrock.script.add(
        answerWith(some.map((payload) => `${payload}\n\nnext\n\n`).join("")),
      );
      await send(page, "Hello");
      await turns(page)
        .nth(first / perTurn)
        .getByText("Demo model ·")
        .waitFor();
    }
    expect(await turns(page).getByRole("link").count()).toBeGreaterThan(0);
    expect(await turns(page).locator("math").count()).toBeGreaterThan(0);
    expect(await seen()).toMatchObject({ title: "Hello · Enterprise Agentic AI", faults: [] });
    // Proves that the observers work.
    await page.evaluate(() =>
      document.querySelector("main")?.append(document.createElement("img")),
    );
    expect(await seen()).toMatchObject({ faults: ["<img>"] });
  });

  it("with payloads cut after each character and each byte of the stream", async () => {
    const page = await here.signedIn();
    // Loads the typesetter before the first formula is complete.
    here.twin.parts.bedrock.script.add(answerWith("$x$"));
    await send(page, "Hello");
    await turns(page).locator("math").waitFor();
    await streamByHand(page);
    await send(page, "Hello");
    await turns(page).nth(1).waitFor();
    const seen = await watch(page);
    await page.evaluate(streamAll, cutPayloads);
    const { title, faults, drawings } = await seen();
    expect({ title, faults }).toEqual({ title: "Hello · Enterprise Agentic AI", faults: [] });
    const cuts = cutPayloads.reduce((sum, { length }) => sum + length, 0);
    expect(drawings).toBeGreaterThan(0.9 * cuts);
  });
});

/** Observes everything that is ever added to the page, however briefly. Returns a function that returns the findings. */
async function watch(page: Page) {
  await page.evaluate(() => {
    const forbidden =
      "img, picture, source, video, audio, iframe, object, embed, link, style, script, svg:not(button svg, summary svg), form, meta, base, template, marquee, input:not([type=checkbox], [type=file][hidden]), [background], [src], [srcset], [href]:not(a), [style]:not(math, math *), math [id], math :not(mrow, mi, mn, mo, ms, mtext, mspace, mpadded, mphantom, mfrac, msqrt, mroot, mstyle, msub, msup, msubsup, munder, mover, munderover, mtable, mtr, mtd)";
    const result = { title: "", faults: [] as string[], drawings: 0 };
    const check = (element: Element) => {
      const isLink = element.localName === "a";
      const isSafeLink =
        /^(https?|mailto):/.test(element.getAttribute("href") ?? "") &&
        element.getAttribute("rel") === "noopener noreferrer nofollow";
      const hasHandler = element.getAttributeNames().some((name) => name.startsWith("on"));
      if (element.matches(forbidden) || hasHandler || (isLink && !isSafeLink)) {
        result.faults.push(element.outerHTML);
      }
    };
    const main = document.querySelector("main");
    if (main === null) throw new Error("The page has no main part.");
    new MutationObserver((mutations) => {
      result.drawings += 1;
      for (const { target, addedNodes } of mutations) {
        if (target instanceof Element) check(target);
        for (const node of addedNodes) {
          if (!(node instanceof Element)) continue;
          for (const each of [node, ...node.querySelectorAll("*")]) check(each);
        }
      }
    }).observe(main, { subtree: true, childList: true, attributes: true, characterData: true });
    Reflect.set(window, "seen", result);
  });
  return () =>
    page.evaluate(() => {
      const result: { title: string; faults: string[]; drawings: number } = Reflect.get(
        window,
        "seen",
      );
      return { ...result, title: document.title };
    });
}

/** Replaces the page's streams by what `streamAll` writes, and lets the page draw without waiting for a frame. */
async function streamByHand(page: Page): Promise<void> {
  await page.evaluate(() => {
    const realFetch = window.fetch;
    const asked = Promise.withResolvers<object>();
    Reflect.set(window, "stream", asked.promise);
    window.requestAnimationFrame = (draw) => {
      queueMicrotask(() => draw(performance.now()));
      return 0;
    };
    window.fetch = (input, init) => {
      const accept = new Headers(init?.headers).get("accept");
      if (accept !== "text/event-stream") return realFetch(input, init);
      const { conversation_id } = JSON.parse(String(init?.body));
      const turn = { conversation_id, turn_id: crypto.randomUUID() };
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          asked.resolve({ turn, controller });
        },
      });
      const headers = {
        "content-type": "text/event-stream",
        "content-location": `/api/v1/chat?${new URLSearchParams(turn)}`,
        "idempotent-replayed": "false",
      };
      return Promise.resolve(new Response(body, { headers }));
    };
  });
}

/** Runs in the page. Streams each text as its own answer, one character per event and one byte per chunk. */
async function streamAll(texts: string[]): Promise<void> {
  const {
    turn,
    controller,
  }: { turn: object; controller: ReadableStreamDefaultController<Uint8Array> } = await Reflect.get(
    window,
    "stream",
  );
  const encoder = new TextEncoder();
  const writeEvent = async (name: string, data: object) => {
    for (const byte of encoder.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)) {
      controller.enqueue(Uint8Array.of(byte));
    }
    // React has drawn all earlier events by then, because they have a higher priority.
    await scheduler.postTask(() => undefined, { priority: "background" });
  };
  await writeEvent("turn", { ...turn, attempt: 1, parent: null, replaces: null });
  for (const text of texts) {
    await writeEvent("snapshot", { text: "", tools: [] });
    for (let index = 0; index < text.length; index += 1) {
      await writeEvent("delta", { text: text.charAt(index) });
    }
  }
}
