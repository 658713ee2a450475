import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AcceptedUpload } from "./upload-form.ts";

/** The first line of an object's file, as JSON. The bytes follow. */
export interface ObjectHead {
  key: string;
  contentType: string;
  /** In base64. */
  sha256: string;
  etag: string;
  /** RFC 3339. */
  modified: string;
}

export interface StoredObject extends ObjectHead {
  bytes: Buffer;
}

/** A notification that Lambda has not accepted yet. */
export interface PendingEvent {
  id: string;
  text: string;
}

/**
 * The folder of the objects and of their notifications. A write is whole or does not exist, also after SIGKILL: the
 * object's file is complete before its event is written, and one `rename` after that makes it the object.
 */
export interface ObjectFiles {
  /** @param describe returns the text of the notification, or undefined for none */
  write(
    upload: AcceptedUpload,
    describe: (object: StoredObject, id: string) => string | undefined,
  ): Promise<{ object: StoredObject; event: PendingEvent | undefined }>;
  find(key: string): Promise<StoredObject | undefined>;
  remove(key: string): Promise<void>;
  keys(): Promise<string[]>;
  /** Returns the notifications that an earlier process has left, oldest first. */
  pendingEvents(): Promise<PendingEvent[]>;
  removeEvent(id: string): Promise<void>;
}

export async function openObjectFiles(folder: string): Promise<ObjectFiles> {
  const objects = join(folder, "objects");
  const uploads = join(folder, "uploads");
  const events = join(folder, "events");
  for (const path of [objects, uploads, events]) await mkdir(path, { recursive: true });
  const pathOf = (key: string) => join(objects, createHash("sha256").update(key).digest("hex"));
  const eventPath = (id: string) => join(events, `${id}.json`);

  // Nobody was told that these uploads had arrived.
  for (const id of await readdir(uploads)) {
    await rm(eventPath(id), { force: true });
    await rm(join(uploads, id));
  }

  return {
    async write({ key, file, contentType, sha256 }, describe) {
      const head: ObjectHead = {
        ...{ key, contentType, sha256 },
        etag: `"${createHash("md5").update(file).digest("hex")}"`,
        modified: new Date().toISOString(),
      };
      const object = { ...head, bytes: file };
      const id = `${Date.now().toString(16).padStart(12, "0")}-${randomUUID()}`;
      const upload = join(uploads, id);
      await writeFile(upload, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), file]));
      const text = describe(object, id);
      if (text !== undefined) await writeFile(eventPath(id), text);
      await rename(upload, pathOf(key));
      return { object, event: text === undefined ? undefined : { id, text } };
    },
    find: (key) => readObject(pathOf(key)),
    remove: (key) => rm(pathOf(key), { force: true }),
    async keys() {
      const names = await readdir(objects);
      const found = await Promise.all(names.map((name) => readObject(join(objects, name))));
      return found.flatMap((object) => (object ? [object.key] : [])).sort();
    },
    async pendingEvents() {
      const names = (await readdir(events)).sort();
      return Promise.all(
        names.map(async (name) => ({
          id: name.replace(/\.json$/, ""),
          text: await readFile(join(events, name), "utf8"),
        })),
      );
    },
    removeEvent: (id) => rm(eventPath(id), { force: true }),
  };
}

async function readObject(path: string): Promise<StoredObject | undefined> {
  let file: Buffer;
  try {
    file = await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const end = file.indexOf("\n");
  const head: ObjectHead = JSON.parse(file.subarray(0, end).toString());
  return { ...head, bytes: file.subarray(end + 1) };
}
