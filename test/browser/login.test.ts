import type { Page, Route } from "playwright-core";
import { describe, expect, it } from "vitest";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  accessibilityFaults,
  composer,
  sendAndWait,
  signIn,
  signOut,
  turns,
  welcome,
} from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { startScripts, unaskedScripts } from "#test/support/page-scripts.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;
const patience = { timeout: 10_000 };

const password = (page: Page) => page.getByLabel("Password");
const alert = (page: Page) => page.getByRole("alert").filter({ hasText: /./ });

const startFiles = ["first-paint.js", "index.css", "index.js"];
// The page of an approval link shares the wire's schemas and the names of the tools with the chat.
const chatFiles = ["mount-chat.css", "mount-chat.js", "react.js", "rolldown-runtime.js", "wire.js"];
// Beside the chat on a wide screen.
const listFiles = ["list-content.js"];
// Only the demo has a banner.
const demoFiles = ["cards.css", "cards.js", "demo.css", "demo.js"];
/** What loads with a person's first action. Only a deployment with documents has a paper clip. */
const firstActionFiles = [
  "document-tools.css",
  "document-tools.js",
  "file-button.js",
  "loaded-dialog.css",
  "loaded-dialog.js",
  "spoken-answer.js",
];
// Only a browser that can dictate has the button.
const dictationFiles = ["consent.css", "consent.js", "dictate-button.js"];
const approvalFiles = ["approval-texts.css", "approval-texts.js", "mount-approval.js", "wire.js"];
const transcriptFiles = ["markdown.js", "transcript.css", "transcript.js"];
const lateFiles = [...listFiles, ...demoFiles, ...firstActionFiles, ...dictationFiles];

/** Holds each request of the page, so that a test sees which requests do not wait for each other. */
async function holdRequests(page: Page) {
  // The requests of this visit must not mix with those of the next.
  await page.waitForLoadState("networkidle");
  const held: Route[] = [];
  const names = () => held.map((route) => nameOf(route.request().url())).sort();
  await page.route("**/*", (route) => void held.push(route));
  await page.route("**/favicon.svg", (route) => route.continue());
  return {
    /** Waits until the page has sent exactly these requests, then lets them all pass. */
    async pass(...expected: string[]): Promise<string[]> {
      await expect.poll(names, patience).toEqual(expected.sort());
      const passing = held.splice(0);
      await Promise.all(passing.map((route) => route.continue()));
      return passing.map((route) => new URL(route.request().url()).pathname);
    },
    names,
  };
}

/** Returns the addresses of what this page has loaded, also from the browser's cache. */
const loadedFiles = (page: Page): Promise<string[]> =>
  page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));

/** Returns "index.js" for /assets/index-Be4q-E1K.js, and the path of any other address. */
function nameOf(url: string): string {
  const { pathname } = new URL(url);
  return pathname.replace(/^\/assets\/(.*)-[\w-]{8}(\.\w+)$/, "$1$2");
}

describe("the login page", () => {
  it("paints before the service has answered and before the chat begins to load", async () => {
    const { page } = await here.open();
    const requests = await holdRequests(page);
    const loading = page.reload();
    await requests.pass("/");
    const files = await requests.pass(...startFiles);
    const scripts = files.filter((file) => file.endsWith(".js"));
    expect(scripts.sort()).toEqual(
      (await startScripts()).map((script) => `/assets/${script}`).sort(),
    );

    await password(page).fill("typed before any response");
    // The chat loads while the person types.
    await requests.pass("/api/me", ...chatFiles);
    await loading;
    const startOf = (kind: string, name: string) =>
      page.evaluate(
        ([kind, name]) => {
          const entries = performance.getEntriesByType(kind ?? "");
          return entries.find((entry) => entry.name.includes(name ?? ""))?.startTime;
        },
        [kind, name],
      );
    await expect.poll(() => startOf("resource", "mount-chat"), patience).toBeDefined();
    expect(await startOf("resource", "mount-chat")).toBeGreaterThan(
      (await startOf("paint", "first-contentful-paint")) ?? Number.POSITIVE_INFINITY,
    );
    // The response has changed nothing.
    expect(await password(page).inputValue()).toBe("typed before any response");
    expect(await password(page).evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it("loads no script when the person signs in", async () => {
    const { page } = await here.open();
    await page.waitForFunction(() =>
      performance.getEntriesByType("resource").some(({ name }) => name.includes("mount-chat")),
    );
    await page.waitForLoadState("networkidle");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(nameOf(request.url())));
    await signIn(page, here.twin.password);
    const files = asked.filter((name) => !name.startsWith("/"));
    expect(files.filter((name) => !lateFiles.includes(name))).toEqual([]);
    expect(asked.slice(0, 2)).toEqual(["/api/login", "/api/me"]);
  });

  it("is a form that password managers know", async () => {
    const { page } = await here.open();
    const fields = await page
      .locator("form")
      .evaluate((form) => Object.fromEntries(new FormData(form as HTMLFormElement)));
    expect(fields).toEqual({ username: "team", password: "" });
    expect(await page.locator("form").getAttribute("method")).toBe("post");
    expect(await page.locator("input[name=username]").getAttribute("autocomplete")).toBe(
      "username",
    );
    expect(await password(page).getAttribute("autocomplete")).toBe("current-password");
  });

  it("counts down after too many attempts, and then accepts another", async () => {
    const { page } = await here.open();
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.route("**/api/login", (route) =>
      route.fulfill({ status: 429, contentType: "text/plain", headers: { "retry-after": "65" } }),
    );
    await password(page).fill("guess");
    await page.keyboard.press("Enter");
    await alert(page).getByText("Try again in 1:05 min.").waitFor();
    const button = page.getByRole("button", { name: "Sign in" });
    expect(await button.isDisabled()).toBe(true);
    expect(await password(page).getAttribute("aria-describedby")).toBe("login-failure");
    await page.clock.runFor(6_000);
    await alert(page).getByText("Try again in 59 s.").waitFor();
    await page.clock.runFor(58_000);
    expect(await button.isDisabled()).toBe(true);
    await page.clock.runFor(1_000);
    await alert(page).getByText("You can try again now.").waitFor();
    expect(await button.isDisabled()).toBe(false);
    await page.clock.resume();
    await page.unroute("**/api/login");
    await signIn(page, here.twin.password);
  });

  it("reports a lost network and keeps the password", async () => {
    const { page } = await here.open();
    await page.route("**/api/login", (route) => route.abort());
    await password(page).fill(here.twin.password);
    await page.keyboard.press("Enter");
    await alert(page).getByText("Can’t reach the server.").waitFor();
    await page.unroute("**/api/login");
    await page.keyboard.press("Enter");
    await composer(page).waitFor();
  });

  it("says so if the browser blocks cookies", async () => {
    const { page } = await here.open();
    await page.route("**/api/login", (route) =>
      route.fulfill({ json: { message: "Login successful" } }),
    );
    await password(page).fill(here.twin.password);
    await page.keyboard.press("Enter");
    await alert(page).getByText("Your browser blocks this site’s cookies.").waitFor();
  });

  it("keeps query and fragment of the address", async () => {
    const { page } = await here.open();
    await page.goto("/?from=mail#top");
    await signIn(page, here.twin.password);
    expect(new URL(page.url()).search).toBe("?from=mail");
    expect(new URL(page.url()).hash).toBe("#top");
  });

  it("works in a browser that does not report when it paints", async () => {
    const { page } = await here.open();
    await page.addInitScript(() => Reflect.deleteProperty(window, "PerformanceObserver"));
    await page.reload();
    await signIn(page, here.twin.password);
  });
});

describe("a page without a network", () => {
  it("opens from the service worker, which has stored nothing of the API", async () => {
    const { page } = await here.open({ serviceWorkers: "allow" });
    await signIn(page, here.twin.password);
    await page.evaluate(() => navigator.serviceWorker.ready);
    const stored = await page.evaluate(async () => {
      const caches = await Promise.all(
        (await window.caches.keys()).map((key) => window.caches.open(key)),
      );
      const requests = await Promise.all(caches.map((cache) => cache.keys()));
      return requests.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(stored).toContain("/index.html");
    expect(
      stored.filter((path) => !/^\/(index\.html|favicon\.svg|assets\/.*)$/.test(path)),
    ).toEqual([]);

    await page.context().setOffline(true);
    await page.reload();
    await page.getByText("Can’t reach the server.").waitFor();
    await page.context().setOffline(false);
    await composer(page).waitFor();
  });

  it("cannot create another policy of Trusted Types", async () => {
    const { page, complaints } = await here.open();
    const create = (name: string) =>
      page.evaluate((name) => {
        const types: unknown = Reflect.get(window, "trustedTypes");
        try {
          (types as { createPolicy: (name: string, rules: object) => void }).createPolicy(name, {});
          return "created";
        } catch (error) {
          return String(error);
        }
      }, name);
    // The page has created its own, just before it loads the chat. If the test came first, the page would be refused.
    await page.waitForFunction(() =>
      performance.getEntriesByType("resource").some(({ name }) => name.includes("mount-chat")),
    );
    expect(await create("service-worker")).toContain("TypeError");
    expect(await create("another")).toContain("TypeError");
    // The browser reports a refusal a moment after it.
    const reports = () => complaints.filter((line) => line.startsWith("trusted-types violated"));
    await expect.poll(() => reports().length, patience).toBe(2);
    complaints.splice(0);
  });
});

describe("the page of a signed-in person", () => {
  it.each([
    ["en-US", "Message", []],
    ["de-DE", "Nachricht", ["german.js"]],
  ])("paints the chat after three rounds of requests, in %s", async (locale, label, texts) => {
    const page = await signedInWith(locale);
    const requests = await holdRequests(page);
    const loading = page.reload();
    await requests.pass("/");
    await requests.pass(...startFiles);
    await requests.pass("/api/me", ...chatFiles, ...texts);
    await page.getByRole("textbox", { name: label }).waitFor();
    await loading;
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });

  it("paints the conversation after a fourth round", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello, my name is Ada");
    const conversation = await page.evaluate(() => sessionStorage.getItem("conversation_id"));
    const path = `/api/v1/conversations/${JSON.parse(conversation ?? "")}`;
    const requests = await holdRequests(page);
    const loading = page.reload();
    await requests.pass(`/c/${JSON.parse(conversation ?? "")}`);
    await requests.pass(...startFiles);
    await requests.pass("/api/me", ...chatFiles);
    await page.getByText("Loading conversation…").waitFor();
    await requests.pass(path, ...listFiles, ...demoFiles, ...transcriptFiles);
    await turns(page).getByText("my name is Ada").waitFor();
    await loading;
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.waitForLoadState("networkidle");
    const scriptsOf = (loaded: string[]) =>
      loaded.map(nameOf).filter((name) => name.endsWith(".js"));
    const loaded = scriptsOf(await loadedFiles(page));
    expect(loaded.filter((name) => !demoFiles.includes(name)).sort()).toEqual(
      unaskedScripts.map((name) => `${name}.js`).sort(),
    );
    // What a person can do with an answer comes when they do something.
    await page.mouse.move(200, 200);
    // The browser knows of a movement from the second place on.
    await page.mouse.move(210, 210);
    await turns(page).getByRole("button", { name: "Good answer" }).waitFor();
    await page.getByRole("button", { name: "Attach files" }).waitFor();
  });

  it("takes a file that is pasted before the script for files has loaded", async () => {
    const page = await signedIn();
    const requests = await holdRequests(page);
    const loading = page.reload();
    await requests.pass("/");
    await requests.pass(...startFiles);
    await requests.pass("/api/me", ...chatFiles);
    await composer(page).waitFor();
    await loading;
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File(["Pasted"], "pasted.txt", { type: "text/plain" }));
      window.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
    });
    await expect.poll(requests.names, patience).toContain("document-tools.js");
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page
      .getByRole("list", { name: "Attached files" })
      .getByText("pasted.txt")
      .first()
      .waitFor();
  });

  it("loads only the page of an approval link at its address, in three rounds", async () => {
    const page = await signedIn();
    const requests = await holdRequests(page);
    const loading = page.goto("/approve/not.a.link");
    await requests.pass("/approve/not.a.link");
    await requests.pass(...startFiles);
    await requests.pass("/api/me", ...approvalFiles);
    await requests.pass("/api/v1/chat/decision");
    await loading;
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });

  it("offers a reload if the transcript cannot be loaded", async () => {
    const { page, complaints } = await here.open();
    await signIn(page, here.twin.password);
    await sendAndWait(page, "Hello, my name is Ada");
    await page.route("**/assets/transcript*", (route) => route.abort());
    await page.reload();
    await page.getByText("The page crashed.").waitFor();
    await page.unroute("**/assets/transcript*");
    await page.getByRole("button", { name: "Reload" }).click();
    await turns(page).getByText("my name is Ada").waitFor();
    expect(complaints.splice(0).join()).toMatch(/transcript/);
  });

  it("appears even if the browser has lost the hint of the session", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello, my name is Ada");
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await turns(page).getByText("my name is Ada").waitFor();
    expect(await password(page).count()).toBe(0);
  });

  it("offers another attempt if the chat cannot be loaded", async () => {
    const { page, complaints } = await here.open();
    await signIn(page, here.twin.password);
    await page.route("**/assets/mount-chat*", (route) => route.abort());
    await page.reload();
    const again = page.getByRole("button", { name: "Try again" });
    await again.waitFor();
    await page.getByText("Can’t reach the server.").waitFor();
    await page.unroute("**/assets/mount-chat*");
    await again.click();
    await composer(page).waitFor();
    expect(complaints.splice(0).join()).toMatch(/mount-chat/);
  });

  it("shows the login at once after signing out, and keeps nothing in the address", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    await signOut(page);
    expect(new URL(page.url()).pathname).toBe("/");
    await page.route("**/api/me", () => {});
    await page.reload();
    await password(page).waitFor();
    await page.unroute("**/api/me");
  });
});

describe("a tab whose session has expired", () => {
  it("forgets the drafts when another tab signs out", async () => {
    const page = await signedIn();
    await composer(page).fill("A secret");
    await page.route("**/api/me", (route) => route.fulfill({ status: 401, body: "" }));
    await page.reload();
    await password(page).waitFor();
    const other = await page.context().newPage();
    await other.goto("/");
    await composer(other).waitFor();
    await signOut(other);
    await page.getByText("You’re signed out.").waitFor();
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("secret");
    await page.unroute("**/api/me");
    await signIn(page, here.twin.password);
    await welcome(page).waitFor();
    expect(await composer(page).inputValue()).toBe("");
  });
});

/** Returns the page of a signed-in person whose browser prefers the language of `locale`. */
async function signedInWith(locale: string): Promise<Page> {
  const { page } = await here.open({ locale });
  await page.locator("#password").fill(here.twin.password);
  await page.keyboard.press("Enter");
  await page.locator("#message").waitFor();
  return page;
}

describe("the operators' page", () => {
  it("has a login of its own that asks the service nothing, and is accessible with its figures", async () => {
    const { page } = await here.open();
    await page.waitForLoadState("networkidle");
    const paths: string[] = [];
    page.on("request", (request) => paths.push(new URL(request.url()).pathname));
    await page.goto("/operator");
    await page.getByRole("heading", { name: "Operator" }).waitFor();
    expect(await page.locator('meta[name="robots"]').getAttribute("content")).toBe("noindex");
    expect(await accessibilityFaults(page)).toEqual([]);
    await password(page).fill("not the password");
    expect(
      paths.filter((path) => !/^\/(operator|favicon\.svg|assets\/operator\/.*)$/.test(path)),
    ).toEqual([]);
    await page.keyboard.press("Enter");
    await alert(page).waitFor();
    await password(page).fill(here.twin.operatorPassword);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Slowest answers" }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("radio", { name: "30 days" }).check();
    await page.getByRole("heading", { name: "Answers by day" }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.reload();
    await page.getByRole("heading", { name: "Answers by hour" }).waitFor();
    await page.getByText(/^You’re signed in until \d/).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You’re signed out. Sign in to continue.").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.reload();
    await page.getByText("You stay signed in for an hour.").waitFor();
  });

  it("is in German, and asks for the password again once the session is over", async () => {
    const { page } = await here.open({ locale: "de-DE" });
    await page.goto("/operator");
    await page.locator("#password").fill(here.twin.operatorPassword);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Langsamste Antworten" }).waitFor();
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Aktualisieren" }).click();
    await page.getByText("Deine Sitzung ist abgelaufen.").waitFor();
    await page.reload();
    await page.getByText("Melde dich mit dem Passwort für den Betrieb an.").waitFor();
  });
});
