import { type Check, expectHeader, expectStatus, expectThat } from "./run-checks.ts";
import { readJson, VerifyClient } from "./verify-client.ts";

/**
 * Checks everything that needs no session: health, the page, its headers, problems instead of raw errors.
 * @param expectedVersion the deployed version, if the caller knows it
 */
export function siteChecks(url: string, expectedVersion?: string): Check[] {
  const anonymous = new VerifyClient(url);
  return [
    ...healthChecks(anonymous, expectedVersion),
    ...pageChecks(anonymous),
    ...refusalChecks(anonymous),
  ];
}

function healthChecks(anonymous: VerifyClient, expectedVersion: string | undefined): Check[] {
  return [
    {
      name: "the address responds",
      essential: true,
      async run() {
        const response = await anonymous.send("/health?live=1");
        await response.body?.cancel();
        return `${response.status}`;
      },
    },
    {
      name: "health reports every part",
      async run() {
        const response = await anonymous.send("/health");
        // A 503 has a report, too.
        if (response.status !== 503) expectStatus(response, 200);
        const { status, version, checks } = await readJson(response);
        expectThat(status === "ok", `status is ${status}: ${JSON.stringify(checks)}`);
        expectThat(
          expectedVersion === undefined || version === expectedVersion,
          `the version is ${version}, not ${expectedVersion}`,
        );
        const parts = new Map(Object.entries(Object(checks)));
        const ofTools = parts.has("mcp") ? ["mcp"] : [];
        const seen = ["database", "bedrock", "rate_limiter", ...ofTools].map((part) => {
          expectThat(parts.has(part), `no check of ${part}`);
          return `${part} ${Object(parts.get(part)).latency_ms ?? "?"} ms`;
        });
        return `version ${version}, ${seen.join(", ")}`;
      },
    },
    {
      name: "health with live=1 checks no other part",
      async run() {
        const response = await anonymous.send("/health?live=1");
        expectStatus(response, 200);
        expectThat((await readJson(response)).checks === undefined, "it checked other parts");
        return "ok";
      },
    },
    {
      name: "health accepts a HEAD, as monitors send it",
      async run() {
        const response = await anonymous.send("/health?live=1", { method: "HEAD" });
        expectStatus(response, 200);
        expectHeader(response, "content-type", /^application\/json/);
        expectThat((await response.text()) === "", "it has a body");
        return "200 without a body";
      },
    },
  ];
}

function pageChecks(anonymous: VerifyClient): Check[] {
  return [
    {
      name: "the page and its security headers",
      async run() {
        const response = await anonymous.send("/");
        expectStatus(response, 200);
        expectHeader(response, "content-type", /^text\/html/);
        expectPageHeaders(response, anonymous.origin);
        expectHeader(response, "cache-control", /no-(cache|store)/);
        return "CSP and six more";
      },
    },
    {
      name: "an address of the page is the page, a missing file is not",
      async run() {
        const address = await anonymous.send("/c/00000000-0000-4000-8000-000000000000");
        expectStatus(address, 200);
        expectHeader(address, "content-type", /^text\/html/);
        const file = await anonymous.send("/assets/nothing.js");
        expectThat([403, 404].includes(file.status), `a missing file has status ${file.status}`);
        return `200 and ${file.status}`;
      },
    },
    {
      name: "the manifest and its icons exist",
      async run() {
        const response = await anonymous.send("/manifest.webmanifest");
        expectStatus(response, 200);
        expectHeader(response, "content-type", /^application\/manifest\+json/);
        const icons = (await response.text()).match(/\/[\w/-]+\.(png|svg)/g) ?? [];
        expectThat(icons.length > 0, "the manifest names no icon");
        for (const icon of icons) {
          const file = await anonymous.send(icon);
          await file.body?.cancel();
          expectThat(file.status === 200, `${icon} has status ${file.status}`);
          expectHeader(file, "content-type", /^image\//);
        }
        return icons.join(", ");
      },
    },
    {
      name: "the service worker is a script that is revalidated",
      async run() {
        const response = await anonymous.send("/service-worker.js");
        expectStatus(response, 200);
        expectHeader(response, "content-type", /javascript/);
        expectHeader(response, "cache-control", /no-(cache|store)/);
        await response.body?.cancel();
        return "200";
      },
    },
    {
      name: "the page's files exist and are immutable",
      async run() {
        const html = await (await anonymous.send("/")).text();
        const files = html.match(/\/assets\/[\w.-]+/g) ?? [];
        for (const type of ["js", "css"]) {
          expectThat(
            files.some((file) => file.endsWith(type)),
            `the page references no ${type} file`,
          );
        }
        for (const file of files) {
          const response = await anonymous.send(file);
          await response.body?.cancel();
          expectThat(response.status === 200, `${file} has status ${response.status}`);
          // With nosniff a browser refuses scripts and styles of another type.
          expectHeader(
            response,
            "content-type",
            file.endsWith("css") ? /^text\/css/ : /javascript/,
          );
          expectHeader(response, "cache-control", /max-age=31536000.*immutable/);
        }
        return files.join(", ");
      },
    },
  ];
}

function refusalChecks(anonymous: VerifyClient): Check[] {
  return [
    {
      name: "an unknown path is a problem, not a page",
      async run() {
        for (const path of ["/api/v1/nothing", "/v9/nothing"]) {
          const response = await anonymous.send(path);
          expectStatus(response, 404);
          expectHeader(response, "content-type", /^application\/problem\+json/);
          expectThat((await readJson(response)).type === "not_found", "its type is not not_found");
        }
        return "404 not_found twice";
      },
    },
    {
      name: "without a session every route is refused",
      async run() {
        for (const path of ["/api/me", "/api/v1/conversations", "/api/v1/chat"]) {
          const response = await anonymous.send(path);
          expectStatus(response, 401);
          expectHeader(response, "content-type", /^application\/problem\+json/);
          expectHeader(response, "x-content-type-options", /^nosniff$/);
          expectHeader(response, "cache-control", /no-store/);
        }
        return "401 three times";
      },
    },
  ];
}

function expectPageHeaders(response: Response, url: string): void {
  expectHeader(response, "content-security-policy", /default-src 'none'.*frame-ancestors 'none'/);
  expectHeader(response, "x-content-type-options", /^nosniff$/);
  expectHeader(response, "referrer-policy", /^same-origin$/);
  expectHeader(response, "permissions-policy", /camera=\(\)/);
  expectHeader(response, "cross-origin-opener-policy", /^same-origin$/);
  expectHeader(response, "x-robots-tag", /^noindex/);
  if (url.startsWith("https:"))
    expectHeader(response, "strict-transport-security", /max-age=\d{7,}/);
}
