import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Answer, AnswerEvent } from "./answer.ts";
import { ConnectionCut } from "./break-answer.ts";
import type { ConverseRequest } from "./converse-request.ts";

/** Sends SIGKILL to the process with this access key. Returns false if there is none. */
export type KillCaller = (accessKeyId: string) => Promise<boolean>;

/**
 * A runner stores what it has written once a second, and a page shows it sooner. After this time the person has seen the text
 * before the crash.
 */
const shownMs = 1_200;

/** Remembers which requests have lost their caller, so that the process that takes over is not killed as well. */
export interface CrashRecord {
  /** Returns how often a caller of a request with these messages was killed, and forgets it. */
  take(request: ConverseRequest): number;
  /** Yields the answer. At a `crash` it kills the caller; if there is none to kill, the answer goes on. @throws ConnectionCut */
  crashing(
    answer: Answer,
    call: { request: ConverseRequest; kill: () => Promise<boolean>; signal: AbortSignal },
  ): AsyncGenerator<AnswerEvent>;
}

export function createCrashRecord(): CrashRecord {
  const crashes = new Map<string, number>();
  return {
    take(request) {
      const digest = digestOf(request);
      const count = crashes.get(digest) ?? 0;
      crashes.delete(digest);
      return count;
    },
    async *crashing(answer, { request, kill, signal }) {
      for await (const event of answer) {
        if (event.type !== "crash") {
          yield event;
          continue;
        }
        await delay(shownMs, undefined, { signal });
        if (!(await kill())) continue;
        const digest = digestOf(request);
        crashes.set(digest, (crashes.get(digest) ?? 0) + 1);
        throw new ConnectionCut();
      }
    },
  };
}

/** The messages alone: the list of tools may be another one in the next attempt. */
const digestOf = ({ messages }: ConverseRequest): string =>
  createHash("sha256").update(JSON.stringify(messages)).digest("base64");

/** Returns the access key that signed a request: `AWS4-HMAC-SHA256 Credential=<key>/<day>/<region>/bedrock/aws4_request, …`. */
export const accessKeyOf = (authorization: string | undefined): string =>
  /\bCredential=([^/,\s]+)\//u.exec(authorization ?? "")?.[1] ?? "";
