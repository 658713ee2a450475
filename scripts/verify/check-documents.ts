import { createHash, randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Citation } from "#lib/contract/citation.ts";
import type { DocumentCreated, DocumentWithParts } from "#lib/contract/document.ts";
import { sendUploadForm } from "#test/support/send-upload-form.ts";
import { type Check, expectStatus, expectThat } from "./run-checks.ts";
import { expectEnd } from "./stream-expectations.ts";
import { readAllEvents, readJson, retryAfter429, type VerifyClient } from "./verify-client.ts";

const readyWithinSeconds = 90;

export interface TestDocument {
  /** What the question calls the document. */
  name: string;
  /** A sentence without its full stop. */
  fact: string;
  bytes: Buffer;
}

/** Returns a document that no other run has written, with one fact that only this document knows. */
export function makeTestDocument(): TestDocument {
  const name = `Verify ${randomBytes(4).toString("hex")}`;
  const fact = `The lighthouse of ${name} has exactly ${100 + (randomBytes(1)[0] ?? 0)} lamps`;
  const text = `# ${name}\n\nA test of this system wrote this file, and deletes it again.\n\n${fact}.\n`;
  return { name, fact, bytes: Buffer.from(text) };
}

/** Uploads a document, waits until it is read, asks about it, and deletes it. `client` is logged in. */
export function documentChecks(
  client: VerifyClient,
  { name, fact, bytes }: TestDocument = makeTestDocument(),
): Check[] {
  let created: DocumentCreated | undefined;
  let isReady = false;
  const path = () => `/api/v1/documents/${created?.document.id}`;
  const get = async (query = ""): Promise<DocumentWithParts> => {
    const response = await retryAfter429(() => client.send(`${path()}${query}`));
    expectStatus(response, 200);
    return (await response.json()) as DocumentWithParts;
  };

  return [
    {
      name: "a document goes to its bucket, and no other bytes do",
      async run() {
        const me = await readJson(await client.send("/api/me"));
        if (me.documents !== true) return "skipped: documents are off";
        const response = await retryAfter429(() =>
          client.sendJson("/api/v1/documents", {
            name: `${name}.md`,
            bytes: bytes.length,
            sha256: createHash("sha256").update(bytes).digest("hex"),
            media_type: "text/markdown",
          }),
        );
        expectStatus(response, 200);
        created = (await response.json()) as DocumentCreated;
        const { upload } = created;
        expectThat(upload !== null, "the response has no upload form");
        await expectPageMayUpload(client, upload.url);
        const altered = Buffer.from(bytes).fill("x", 0, 1);
        expectStatus(await sendUploadForm(upload, altered), 400);
        expectStatus(await sendUploadForm(upload, bytes), 204);
        return `${bytes.length} bytes to ${new URL(upload.url).host}`;
      },
    },
    {
      name: "the bucket starts the reading, which makes the document ready",
      async run() {
        if (!created) return skipped;
        const startedAt = performance.now();
        for (;;) {
          const { document } = await get();
          const seconds = (performance.now() - startedAt) / 1_000;
          expectThat(document.state !== "failed", `it failed: ${document.problem}`);
          if (document.state === "ready") {
            isReady = true;
            return `after ${seconds.toFixed(1)} s, language ${document.language}`;
          }
          expectThat(
            seconds < readyWithinSeconds,
            `it is ${document.state} after ${readyWithinSeconds} s. Does S3 notify document-ingest? See its log.`,
          );
          await pause(1_500);
        }
      },
    },
    {
      name: "the file downloads from the bucket, also in parts",
      async run() {
        if (!isReady) return skipped;
        const { file_url: url } = await get();
        expectThat(url !== null, "the document has no file_url");
        const whole = await fetch(url);
        expectStatus(whole, 200);
        expectThat(bytes.equals(Buffer.from(await whole.arrayBuffer())), "it has other bytes");
        expectStatus(await fetch(url, { headers: { range: "bytes=0-9" } }), 206);
        expectStatus(await fetch(url.replace(/[^/?]+\?/, "another?")), 403);
        return "whole, and a range; another key of the bucket is refused";
      },
    },
    {
      name: "an answer quotes the document, and the quotation is verified",
      async run() {
        if (!isReady) return skipped;
        const message = `Search my documents with the tool search_documents: how many lamps does the lighthouse of ${name} have? Quote the sentence in quotation marks, word for word, and cite it.`;
        // A model may misquote. Two misquotations are a fault.
        const seen = await ask(client, message, fact, get);
        return seen.isFault ? (await ask(client, message, fact, get)).orThrow() : seen.orThrow();
      },
    },
    {
      name: "a deleted document is gone, and its file too",
      async run() {
        if (!created) return skipped;
        const fileUrl = isReady ? (await get()).file_url : null;
        const deleted = await retryAfter429(() => client.send(path(), { method: "DELETE" }));
        expectStatus(deleted, 204);
        expectStatus(await retryAfter429(() => client.send(path())), 404);
        if (fileUrl === null) return "the document";
        const file = await fetch(fileUrl);
        expectThat(
          [403, 404].includes(file.status),
          `the file is still there, status ${file.status}`,
        );
        return "neither the document nor its file is left";
      },
    },
  ];
}

const skipped = "skipped: there is no such document";

/** The browser sends a file only to an address that the page's policy names, and only if the bucket allows the page. */
async function expectPageMayUpload(client: VerifyClient, url: string): Promise<void> {
  const { origin } = new URL(url);
  const page = await client.send("/");
  await page.body?.cancel();
  const policy = page.headers.get("content-security-policy") ?? "";
  const sources = /connect-src ([^;]*)/.exec(policy)?.[1]?.split(" ") ?? [];
  expectThat(sources.includes(origin), `the page's policy does not name ${origin}`);
  const preflight = await fetch(url, {
    method: "OPTIONS",
    headers: { origin: client.origin, "access-control-request-method": "POST" },
  });
  const allowed = preflight.headers.get("access-control-allow-origin");
  expectThat(
    preflight.ok && allowed === client.origin,
    `the bucket does not allow ${client.origin} to upload: status ${preflight.status}`,
  );
}

type Get = (query: string) => Promise<DocumentWithParts>;

/** Asks once. A fault is an answer whose quotation is not verified. */
async function ask(client: VerifyClient, message: string, fact: string, get: Get) {
  const result = (seen: string, isFault = false) => ({
    isFault,
    orThrow() {
      expectThat(!isFault, seen);
      return seen;
    },
  });
  const { streamUrl } = await client.post(message);
  const events = await readAllEvents(await client.stream(streamUrl));
  expectEnd(events, "done");
  const call = events.findLast(
    ({ event, data }) => event === "tool" && data.name === "search_documents",
  )?.data;
  if (call === undefined) return result("skipped: the model did not search the documents");
  expectThat(call.state === "done", `the search is ${call.state}: ${call.output}`);
  expectThat(String(call.output).includes(fact), "the search did not find the document");
  const citations = (events.at(-1)?.data.citations ?? []) as Citation[];
  if (citations.length === 0) return result("skipped: the model quoted nothing");
  const [verified] = citations.filter(({ state }) => state === "verified");
  if (!verified) return result(`${citations.length} quotations, none is verified`, true);
  const { document_start: start = 0, document_end: end = 0 } = verified;
  const { parts } = await get(`?version_id=${verified.version_id}&around=${start}`);
  const part = parts.findLast((one) => one.start <= start);
  const words = part?.text.slice(start - part.start, end - part.start) ?? "";
  const isThere = words !== "" && (words.includes(fact) || fact.includes(words.replace(/\.$/, "")));
  return isThere
    ? result(`"${words}"`)
    : result(`the quotation leads to other words of the document: "${words}"`, true);
}
