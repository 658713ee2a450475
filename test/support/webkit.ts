import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { installPackages, mayInstall } from "./install-browser.ts";
import type { SmokeBrowser } from "./smoke-browser.ts";

const driverPath = "/usr/bin/WebKitWebDriver";
const displayPath = "/usr/bin/Xvfb";
const find = () => existsSync(driverPath) && existsSync(displayPath);

/** Whether WebKitGTK's driver and a display are here, or can be installed. */
export const hasWebKit = (): boolean => find() || mayInstall();

/** The keys of W3C WebDriver (https://www.w3.org/TR/webdriver2/#keyboard-actions). */
const enterKey = "\uE007";

/** Launches WebKitGTK's MiniBrowser on a display of its own, driven by W3C WebDriver. */
export async function launchWebKit(): Promise<SmokeBrowser> {
  if (!find()) installPackages("webkit2gtk-driver", "xvfb");
  const display = spawn(
    displayPath,
    ["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1280x900x24"],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const number = await firstLine(display);
  const port = await freePort();
  const driver = spawn(driverPath, [`--port=${port}`, "--host=127.0.0.1"], {
    env: { ...process.env, DISPLAY: `:${number}`, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" },
    stdio: "ignore",
  });
  const stop = () => {
    driver.kill();
    display.kill();
  };
  try {
    const session = await startSession(`http://127.0.0.1:${port}`);
    // The driver waits for an element that is not there yet.
    await session("/timeouts", { implicit: 20_000 });
    await session("/window/rect", { x: 0, y: 0, width: 1_280, height: 900 });
    return browserOf(session, stop);
  } catch (error) {
    stop();
    throw error;
  }
}

const commandTimeoutMs = 30_000;

type Send = (path: string, body?: unknown, method?: string) => Promise<unknown>;

function browserOf(send: Send, stop: () => void): SmokeBrowser {
  /** Returns the id of an element, which is the only value of its reference. */
  const find = async (selector: string) => {
    const found = await send("/element", { using: "css selector", value: selector });
    return Object.values(found as Record<string, string>)[0];
  };
  return {
    open: async (url) => void (await send("/url", { url })),
    reload: async () => void (await send("/refresh", {})),
    run: async (work, argument) =>
      (await send("/execute/sync", {
        script: `return (${String(work)})(arguments[0])`,
        args: [argument],
      })) as never,
    click: async (selector) => void (await send(`/element/${await find(selector)}/click`, {})),
    type: async (selector, text) => {
      const value = text.replaceAll("\n", enterKey);
      await send(`/element/${await find(selector)}/value`, { text: value });
    },
    async close() {
      await send("", undefined, "DELETE").catch(() => undefined);
      stop();
    },
  };
}

/** Starts a session, once the driver listens. */
async function startSession(driver: string): Promise<Send> {
  await untilReady(driver);
  // The journey waits for what it needs. A busy driver may wait for a page's load for ever.
  const alwaysMatch = { browserName: "MiniBrowser", pageLoadStrategy: "none" };
  const started = (await command(`${driver}/session`, { capabilities: { alwaysMatch } })) as {
    sessionId: string;
  };
  return (path, body, method) =>
    command(`${driver}/session/${started.sessionId}${path}`, body, method);
}

async function untilReady(driver: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return void (await command(`${driver}/status`, undefined, "GET"));
    } catch (error) {
      if (attempt === 100) throw error;
      await pause(100);
    }
  }
}

async function command(url: string, body: unknown, method = "POST"): Promise<unknown> {
  const signal = AbortSignal.timeout(commandTimeoutMs);
  const init =
    method === "POST" ? { method, signal, body: JSON.stringify(body) } : { method, signal };
  const response = await fetch(url, init);
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`WebDriver refused ${url}: ${JSON.stringify(value)}`);
  return value;
}

/** The pipe stays open: a display that writes its line in two pieces would end at a closed pipe. */
function firstLine({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    stdout?.on("data", (piece) => {
      text += piece;
      if (text.includes("\n")) resolve(text.trim());
    });
    stdout?.on("end", () => reject(new Error("The display did not start.")));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}
