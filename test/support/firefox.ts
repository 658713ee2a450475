import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { installPackages, mayInstall } from "./install-browser.ts";
import type { SmokeBrowser } from "./smoke-browser.ts";

const usualPlaces = [
  "/usr/bin/firefox-esr",
  "/usr/bin/firefox",
  "/snap/bin/firefox",
  "/Applications/Firefox.app/Contents/MacOS/firefox",
];

const find = () =>
  [process.env.FIREFOX_PATH ?? "", ...usualPlaces].find((path) => existsSync(path));

/** Whether Firefox is here, or can be installed. */
export const hasFirefox = (): boolean => find() !== undefined || mayInstall();

/** Launches Firefox without a window, driven by WebDriver BiDi. */
export async function launchFirefox(): Promise<SmokeBrowser> {
  if (find() === undefined) installPackages("firefox-esr");
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: find() ?? "firefox",
    headless: true,
    // No request of its own leaves the machine.
    extraPrefsFirefox: {
      "app.normandy.enabled": false,
      "browser.safebrowsing.malware.enabled": false,
      "browser.safebrowsing.phishing.enabled": false,
      "datareporting.policy.dataSubmissionEnabled": false,
      "network.captive-portal-service.enabled": false,
      "network.connectivity-service.enabled": false,
      "services.settings.server": "http://127.0.0.1:9/",
    },
  });
  const page = await browser.newPage();
  await page.setViewport({ width: 1_280, height: 900 });
  return {
    open: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    run: async (work, argument) => (await page.evaluate(work as never, argument as never)) as never,
    click: async (selector) => await page.click(selector),
    type: async (selector, text) => await page.type(selector, text),
    close: async () => await browser.close(),
  };
}
