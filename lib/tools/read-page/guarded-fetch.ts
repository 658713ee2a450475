import { Agent, fetch, type Response } from "undici";
import {
  AddressNotPublic,
  checkedLookup,
  type PublicAddressOptions,
  refusePrivateHost,
} from "#lib/platform/public-address.ts";
import { ToolRefusal } from "#lib/tools/tool.ts";

const maxRedirects = 5;
const accepted =
  "text/html, application/xhtml+xml, text/markdown, text/plain;q=0.9, application/json;q=0.9, application/xml;q=0.8, text/csv;q=0.8";

export interface GuardedFetchOptions extends PublicAddressOptions {
  userAgent: string;
  signal: AbortSignal;
}

/** Fetches addresses of the public internet only. */
export interface GuardedFetch {
  /**
   * Follows at most five redirects and checks each address. `beforeEach` may refuse one before it is fetched.
   * @throws ToolRefusal with a sentence about what is wrong with an address or its host, or the signal's reason
   */
  get(url: URL, beforeEach?: (url: URL) => Promise<void>): Promise<Answer>;
  /** Closes all connections. */
  close(): Promise<void>;
}

export interface Answer {
  /** After the redirects. */
  url: URL;
  status: number;
  headers: Response["headers"];
  /**
   * Reads at most this many bytes of the content, decompressed.
   * @throws ToolRefusal if the content breaks off, or the signal's reason
   */
  read(maxBytes: number): Promise<{ bytes: Uint8Array; isCut: boolean }>;
}

export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  // The agent connects to an address that the lookup has checked, and every connection looks its name up again.
  const agent = new Agent({ connect: { lookup: checkedLookup(options) }, connections: 2 });
  const { signal, userAgent } = options;

  async function getOnce(url: URL): Promise<Response> {
    refuseUnlessReadable(url, options);
    try {
      return await fetch(url, {
        dispatcher: agent,
        redirect: "manual",
        headers: {
          "user-agent": userAgent,
          accept: accepted,
          "accept-encoding": "gzip, deflate, br",
        },
        signal,
      });
    } catch (error) {
      throw refusalOf(error, url, signal);
    }
  }

  return {
    async get(start, beforeEach) {
      let url = start;
      for (let redirects = 0; ; redirects += 1) {
        refuseUnlessReadable(url, options);
        await beforeEach?.(url);
        const response = await getOnce(url);
        const location = redirectStatuses.has(response.status)
          ? response.headers.get("location")
          : null;
        if (location === null) return answerOf(response, url, signal);
        await response.body?.cancel();
        if (redirects === maxRedirects) {
          throw new ToolRefusal(`the address redirects more than ${maxRedirects} times.`);
        }
        url = redirectTarget(url, location);
      }
    },
    close: () => agent.destroy(),
  };
}

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** @throws ToolRefusal unless a program may fetch the address at all. A name's addresses are checked later. */
export function refuseUnlessReadable(url: URL, options: PublicAddressOptions): void {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new ToolRefusal("the address must begin with https:// or http://.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new ToolRefusal("the address must not hold a user or a password.");
  }
  const mayHaveAnyPort = options.mayUseLoopback === true && isOwnMachine(url.hostname);
  if (!["", "80", "443"].includes(url.port) && !mayHaveAnyPort) {
    throw new ToolRefusal("the address must not name a port other than 80 and 443.");
  }
  try {
    refusePrivateHost(url, options);
  } catch (error) {
    if (!(error instanceof AddressNotPublic)) throw error;
    throw notPublic(url);
  }
}

const isOwnMachine = (host: string): boolean =>
  host === "127.0.0.1" || host === "[::1]" || /^([a-z0-9-]+\.)*localhost$/.test(host);

/** @throws ToolRefusal for a redirect that is none, and for one from https to http, which somebody could read and change */
export function redirectTarget(from: URL, location: string): URL {
  // Browsers and servers write what is beyond ASCII as UTF-8, which arrives byte by byte.
  const target = URL.parse(Buffer.from(location, "latin1").toString(), from);
  if (!target) throw new ToolRefusal("the address redirects to something that is no address.");
  if (from.protocol === "https:" && target.protocol === "http:") {
    throw new ToolRefusal("the address redirects from https to http, which is not safe.");
  }
  return target;
}

function answerOf(response: Response, url: URL, signal: AbortSignal): Answer {
  return {
    url,
    status: response.status,
    headers: response.headers,
    async read(maxBytes) {
      const pieces: Uint8Array[] = [];
      let length = 0;
      try {
        for await (const piece of response.body ?? []) {
          pieces.push(piece);
          length += piece.length;
          if (length > maxBytes) break;
        }
      } catch (cause) {
        signal.throwIfAborted();
        const sentence = `${url.host} ended the connection before the content was complete.`;
        throw new ToolRefusal(sentence, { cause });
      }
      const bytes = Buffer.concat(pieces);
      return { bytes: bytes.subarray(0, maxBytes), isCut: length > maxBytes };
    },
  };
}

function refusalOf(error: unknown, url: URL, signal: AbortSignal): Error {
  signal.throwIfAborted();
  const causes = [...causesOf(error)];
  if (causes.some((cause) => cause instanceof AddressNotPublic)) return notPublic(url);
  const codes = causes.map((cause) => String((cause as { code?: unknown }).code ?? ""));
  const reason = codes.some((code) => /^(ENOTFOUND|EAI_)/.test(code))
    ? "cannot be found"
    : codes.some((code) => /CERT|TLS|SSL/.test(code))
      ? "has no valid certificate"
      : "could not be reached";
  return new ToolRefusal(`the host ${url.host} ${reason}.`, { cause: error });
}

const notPublic = (url: URL) =>
  new ToolRefusal(`the host ${url.host} is not one of the public internet, so it is not read.`);

function* causesOf(error: unknown): Generator<Error> {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    yield cause;
    if (cause instanceof AggregateError) yield* cause.errors;
  }
}
