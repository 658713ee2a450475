import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { installPackages, mayInstall } from "./install-browser.ts";

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Chromium obeys only the last list of disabled features, so this one repeats Playwright's. */
const disabledFeatures = [
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "ThirdPartyStoragePartitioning",
  // For each page of a test, Chromium loads two hidden pages for its address bar and starts a spare process. They take
  // 40 % of the processor time of a browser test.
  "SpareRendererForSitePerProcess",
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxFullPopup",
  "WebUIOmniboxPopup",
];

/** Launches a headless browser with a temporary profile and without background requests of its own. */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: findChromium() ?? installChromium(),
    headless: true,
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--disable-features=${disabledFeatures.join()}`,
    ],
  });
}

function findChromium(): string | undefined {
  const given = process.env.CHROMIUM_PATH;
  if (given === undefined) return usualPlaces.find((path) => existsSync(path));
  if (!existsSync(given)) throw new Error(`There is no browser at CHROMIUM_PATH (${given}).`);
  return given;
}

function installChromium(): string {
  if (!mayInstall()) throw new Error(noBrowser);
  installPackages("chromium");
  const installed = findChromium();
  if (installed === undefined) throw new Error(noBrowser);
  return installed;
}

const noBrowser =
  "The browser tests need Chromium or Chrome: install one, or set CHROMIUM_PATH to where it is.";
