import type { S3Client } from "@aws-sdk/client-s3";
import type { ClientConfig, Config } from "./config.ts";
import { twinCredentials } from "./sign-request.ts";

/** How long a browser may take from the form to the end of its upload, and how long the address of a file works. */
export const uploadFormSeconds = 15 * 60;
export const fileUrlSeconds = 5 * 60;

/** What an upload has to be, exactly. S3 refuses every other one. */
export interface Upload {
  key: string;
  bytes: number;
  /** 64 hexadecimal digits. */
  sha256: string;
  mediaType: string;
}

/** A form that the browser sends to S3 as `multipart/form-data`: these fields, and after them the field `file`. */
export interface UploadForm {
  url: string;
  fields: Record<string, string>;
  expiresAt: Date;
}

/** The bucket of the documents. Its calls throw the SDK's errors, or the signal's reason. */
export interface DocumentObjects {
  uploadForm(upload: Upload): Promise<UploadForm>;
  /** Returns the bytes, which S3's checksum has confirmed. Undefined if there is no such object. */
  read(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Succeeds also if there is no such object. */
  remove(key: string): Promise<void>;
  /** Returns an address that downloads the file under this name. It needs no session, and works for five minutes. */
  fileUrl(key: string, file: { name: string; mediaType: string }): Promise<string>;
}

type ObjectsConfig = ClientConfig<"s3"> & { documents: Pick<Config["documents"], "bucket"> };

/** The SDK is imported with the first call, because a request that is refused early needs no S3. */
export function createDocumentObjects(config: ObjectsConfig): DocumentObjects {
  const { bucket: Bucket } = config.documents;
  let opening: Promise<S3Client> | undefined;
  const client = () => {
    opening ??= openClient(config);
    return opening;
  };

  return {
    async uploadForm({ key, bytes, sha256, mediaType }) {
      const { createPresignedPost } = await import("@aws-sdk/s3-presigned-post");
      const form = await createPresignedPost(await client(), {
        Bucket,
        Key: key,
        Expires: uploadFormSeconds,
        // The policy covers each field with its exact value.
        Fields: {
          "Content-Type": mediaType,
          "x-amz-checksum-algorithm": "SHA256",
          "x-amz-checksum-sha256": Buffer.from(sha256, "hex").toString("base64"),
        },
        Conditions: [["content-length-range", bytes, bytes]],
      });
      return { ...form, expiresAt: expiryOf(form.fields) };
    },

    async read(key, signal) {
      const { GetObjectCommand, NoSuchKey } = await import("@aws-sdk/client-s3");
      const s3 = await client();
      const command = new GetObjectCommand({ Bucket, Key: key, ChecksumMode: "ENABLED" });
      try {
        const { Body } = await s3.send(command, { ...(signal && { abortSignal: signal }) });
        return await Body?.transformToByteArray();
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    async remove(key) {
      const { DeleteObjectCommand } = await import("@aws-sdk/client-s3");
      await (await client()).send(new DeleteObjectCommand({ Bucket, Key: key }));
    },

    async fileUrl(key, { name, mediaType }) {
      const [{ GetObjectCommand }, { getSignedUrl }] = await Promise.all([
        import("@aws-sdk/client-s3"),
        import("@aws-sdk/s3-request-presigner"),
      ]);
      const command = new GetObjectCommand({
        Bucket,
        Key: key,
        ResponseContentType: mediaType,
        // Never shown in the browser: an HTML file would run its scripts at the bucket's address.
        ResponseContentDisposition: `attachment; filename*=UTF-8''${encodeFileName(name)}`,
      });
      return getSignedUrl(await client(), command, { expiresIn: fileUrlSeconds });
    },
  };
}

/** The policy begins at the time of S3's last response, which may be seconds away from this machine's (@aws-sdk/core 3.981.2). */
function expiryOf({ Policy = "" }: Record<string, string>): Date {
  const { expiration } = JSON.parse(Buffer.from(Policy, "base64").toString()) as {
    expiration: string;
  };
  return new Date(expiration);
}

async function openClient({ region, endpoints }: ObjectsConfig): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  return new S3Client({
    region,
    ...(endpoints.s3 && {
      endpoint: endpoints.s3,
      forcePathStyle: true,
      credentials: twinCredentials,
    }),
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 5_000,
      throwOnRequestTimeout: true,
    },
  });
}

/** RFC 8187, 3.2.1: `encodeURIComponent` leaves these four, which the value of a header parameter may not contain. */
const encodeFileName = (name: string) =>
  encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
