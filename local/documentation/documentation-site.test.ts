import { request } from "node:http";
import { afterAll, describe, expect, it } from "vitest";
import { startDocumentation } from "./documentation-site.ts";
import { documentPaths } from "./read-document.ts";

const site = await startDocumentation();
afterAll(() => site.close());

const get = (path: string) => fetch(new URL(path, site.address));
const pages = documentPaths().map((path) => `/${path.replace(/\.md$/, "")}`);

it("the list names every page", async () => {
  const list = await (await get("/")).text();
  for (const page of pages) expect(list).toContain(`href="${page}"`);
});

/** Each path is fetched once. */
const fetched = new Map<string, Promise<{ status: number; text: string }>>();
function read(path: string) {
  const known = fetched.get(path) ?? fetchText(path);
  fetched.set(path, known);
  return known;
}

async function fetchText(path: string) {
  const response = await get(path);
  return { status: response.status, text: await response.text() };
}

describe.each(pages)("%s", (page) => {
  it("links only to pages, headings and files that the site has", async () => {
    const { text } = await read(page);
    const links = [...text.matchAll(/ (?:href|src)="([^"]+)"/g)].map(([, link = ""]) => link);
    const own = links.filter((link) => !/^(https?|mailto):/.test(link));
    expect(own.length).toBeGreaterThan(3);
    for (const link of new Set(own)) {
      const { pathname, hash } = new URL(link, new URL(page, site.address));
      const target = await read(pathname);
      expect(target.status, link).toBe(200);
      if (hash !== "") {
        expect(target.text, link).toContain(`id="${decodeURIComponent(hash.slice(1))}"`);
      }
    }
  });

  it("has one title, one main part, headings without a gap, and unique ids", async () => {
    const { text } = await read(page);
    expect(text.match(/<h1 /g)).toHaveLength(1);
    expect(text.match(/<main /g)).toHaveLength(1);
    const depths = [...text.matchAll(/<h(\d) /g)].map(([, depth]) => Number(depth));
    for (const [index, depth] of depths.entries()) {
      expect(depth).toBeLessThanOrEqual((depths[index - 1] ?? 0) + 1);
    }
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(text).not.toMatch(/<img (?![^>]*alt="[^"]+")/);
  });
});

it("a page runs no script and loads nothing from elsewhere", async () => {
  const response = await get("/README");
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  const text = await response.text();
  expect(text).not.toMatch(/<script|<style| style=| on\w+=|javascript:/);
});

it("a drawing may bring its styles, and still no script", async () => {
  const response = await get("/docs/waterfall.svg");
  expect(response.headers.get("content-type")).toBe("image/svg+xml");
  expect(response.headers.get("content-security-policy")).toBe(
    "default-src 'none'; style-src 'unsafe-inline'",
  );
});

it.each([
  "/package.json",
  "/.env",
  "/.git/config",
  "/docs",
  "/docs/",
  "/README.md",
  "/docs/%2e%2e/package.json",
  "/..%2f..%2fetc%2fpasswd",
  "/%00",
  "/%ff",
  "/local/secrets.ts",
  "//example.com/",
])("%s is not shown", async (path) => {
  const response = await get(site.address + path);
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('<a href="/">All pages</a>');
});

it("a file that a page links to is shown as text", async () => {
  const response = await get("/openapi.json");
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
});

it("only GET and HEAD are served, and only to this machine", async () => {
  const posted = await fetch(site.address, { method: "POST", body: "x" });
  expect(posted.status).toBe(405);
  expect(posted.headers.get("allow")).toBe("GET, HEAD");
  const headed = await fetch(new URL("/README", site.address), { method: "HEAD" });
  expect([headed.status, await headed.text()]).toEqual([200, ""]);
  expect(await statusWithHost("evil.example")).toBe(403);
});

function statusWithHost(host: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const sent = request(site.address, { headers: { host } }, (response) => {
    resolve(response.resume().statusCode);
  });
  sent.on("error", reject).end();
  return promise;
}
