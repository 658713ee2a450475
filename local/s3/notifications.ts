import type { ObjectFiles, PendingEvent, StoredObject } from "./object-files.ts";

/** Which objects are notified, and to which function. `infra/storage.yml` has the same; a test compares them. */
export const notification = {
  event: "s3:ObjectCreated:Post",
  prefix: "documents/",
  functionName: "document-ingest",
} as const;

/** S3 repeats a notification that Lambda does not accept. The first pause doubles up to the longest. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

export interface Notifications {
  /** Delivers without waiting for Lambda. */
  deliver(event: PendingEvent): void;
  close(): void;
}

/**
 * Delivers notifications to Lambda until Lambda accepts each: at least once, in no particular order. A notification
 * that was delivered just before a SIGKILL is delivered again after the next start.
 */
export function openNotifications(
  files: Pick<ObjectFiles, "removeEvent">,
  send: (event: unknown) => Promise<void>,
): Notifications {
  const waiting = new Set<NodeJS.Timeout>();
  let isClosed = false;

  async function attempt(event: PendingEvent, pauseMs: number): Promise<void> {
    try {
      await send(JSON.parse(event.text));
      await files.removeEvent(event.id);
    } catch {
      if (isClosed) return;
      const timer = setTimeout(() => {
        waiting.delete(timer);
        void attempt(event, Math.min(2 * pauseMs, longestPauseMs));
      }, pauseMs);
      waiting.add(timer);
    }
  }

  return {
    deliver: (event) => void attempt(event, firstPauseMs),
    close() {
      isClosed = true;
      for (const timer of waiting) clearTimeout(timer);
    },
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function notificationText(
  object: StoredObject,
  { bucket, id, requestId }: { bucket: string; id: string; requestId: string },
): string | undefined {
  if (!object.key.startsWith(notification.prefix)) return undefined;
  const record = {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: "us-east-1",
    eventTime: object.modified,
    eventName: "ObjectCreated:Post",
    userIdentity: { principalId: "AWS:LOCAL" },
    requestParameters: { sourceIPAddress: "127.0.0.1" },
    responseElements: { "x-amz-request-id": requestId, "x-amz-id-2": id },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: notification.functionName,
      bucket: {
        name: bucket,
        ownerIdentity: { principalId: "LOCAL" },
        arn: `arn:aws:s3:::${bucket}`,
      },
      object: {
        key: encodeKey(object.key),
        size: object.bytes.length,
        eTag: object.etag.replaceAll('"', ""),
        sequencer: id.slice(0, 12).toUpperCase(),
      },
    },
  };
  return JSON.stringify({ Records: [record] });
}

/** Notifications write a key as a form does: a blank is a plus sign. */
const encodeKey = (key: string) =>
  encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+");
