import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type * as v from "valibot";
import type {
  Document,
  DocumentCreate,
  DocumentCreated,
  DocumentPage,
  DocumentWithParts,
} from "#lib/contract/document.ts";
import type { ChatClient } from "./chat-client.ts";
import { sendUploadForm } from "./send-upload-form.ts";

const path = "/api/v1/documents";

type More = Partial<v.InferInput<typeof DocumentCreate>>;

/** Documents as a program gives them: creates, uploads, waits. */
export function createDocumentClient(client: ChatClient) {
  async function list(query = ""): Promise<DocumentPage> {
    return (await (await client.send(`${path}?limit=100${query}`)).json()) as DocumentPage;
  }

  return {
    list,

    /** Returns the response as it is: a test may expect a refusal. */
    create: (file: string | Uint8Array, more: More = {}) =>
      client.sendJson("POST", path, {
        name: "Plan.txt",
        bytes: Buffer.byteLength(file),
        sha256: createHash("sha256").update(file).digest("hex"),
        media_type: "text/plain",
        ...more,
      }),

    /** @throws Error if the service refuses the document */
    async add(file: string | Uint8Array, more: More = {}): Promise<DocumentCreated> {
      const response = await this.create(file, more);
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
      return (await response.json()) as DocumentCreated;
    },

    /** Sends the file to S3. */
    async upload({ upload }: DocumentCreated, file: string | Uint8Array): Promise<Response> {
      if (!upload) throw new Error("The service has this file already.");
      return await sendUploadForm(upload, Buffer.from(file));
    },

    /** Adds a document and waits until it was read. */
    async give(file: string | Uint8Array, more: More = {}): Promise<Document> {
      const created = await this.add(file, more);
      const response = await this.upload(created, file);
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      return await this.untilRead(created.document);
    },

    /** Waits until a version is ready or has failed. */
    async untilRead({ id, version_id }: Document): Promise<Document> {
      for (;;) {
        const { documents } = await list();
        const found = documents.find((document) => document.id === id);
        if (!found) throw new Error("The document is gone.");
        if (found.version_id === version_id && ["ready", "failed"].includes(found.state)) {
          return found;
        }
        await delay(100);
      }
    },

    async get(id: string, query = ""): Promise<DocumentWithParts> {
      return (await (await client.send(`${path}/${id}${query}`)).json()) as DocumentWithParts;
    },

    delete: (id: string) => client.send(`${path}/${id}`, { method: "DELETE" }),

    update: (id: string, changes: object) => client.sendJson("PATCH", `${path}/${id}`, changes),
  };
}
