import { readProblem } from "./problem.ts";
import type { ChatEvent } from "./read-events.ts";
import { resumeStream } from "./resume-stream.ts";
import type { RequestOf, ResponseOf, Route } from "./routes.ts";

export interface ClientOptions {
  /** Address of the service: the output `StreamUrl` for chats, `ApiUrl` for every route. */
  url: string;
  /** An API key, or the bearer token of a login. */
  key?: string | undefined;
  /** Headers of each request, for example the `x-api-key` that `ApiUrl` needs. */
  headers?: Readonly<Record<string, string>>;
  /** The wait before a lost stream is resumed. */
  pauseMs?: number;
}

export interface SendOptions {
  /** Messages with the same key are one message. By default each call sends a new one. */
  idempotencyKey?: string;
  /** Ends the stream for this reader. The turn itself goes on: `DELETE /api/v1/chat` stops it. */
  signal?: AbortSignal;
}

type Options<R extends Route> = RequestOf<R> & {
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

/** Leaves out the argument where a route needs nothing. */
type OptionsArgument<R extends Route> =
  Record<never, never> extends RequestOf<R> ? [options?: Options<R>] : [options: Options<R>];

export type Client = ReturnType<typeof createClient>;

export function createClient({ url, key, headers = {}, pauseMs = 2_000 }: ClientOptions) {
  const origin = url.replace(/\/$/, "");
  const send = (
    method: string,
    path: string,
    body: unknown,
    more: Record<string, string>,
    signal: AbortSignal | null = null,
  ): Promise<Response> =>
    fetch(`${origin}${path}`, {
      method,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
        ...more,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal,
    });

  return {
    /**
     * Sends a request and returns the body of the response.
     * @throws ProblemError if the service refuses the request
     */
    async request<R extends Route>(
      route: R,
      ...[options]: OptionsArgument<R>
    ): Promise<ResponseOf<R>> {
      const { path, query, body, headers: more, signal } = (options ?? {}) as LooseOptions;
      const [method = "", template = ""] = route.split(" ");
      const address = template.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(path?.[name] ?? ""),
      );
      const parameters = new URLSearchParams(query);
      const response = await send(
        method,
        parameters.size === 0 ? address : `${address}?${parameters}`,
        body,
        { accept: "application/json", ...more },
        signal,
      );
      if (!response.ok) throw await readProblem(response);
      return (response.status === 204 ? undefined : await response.json()) as ResponseOf<R>;
    },

    /**
     * Sends a message and yields the events of its answer, until the turn has ended or waits for a person. Resumes a lost
     * connection: a `snapshot` then replaces what came before.
     * @throws ProblemError if the service refuses the message
     */
    chat(
      message: RequestOf<"POST /api/v1/chat/stream">["body"],
      { idempotencyKey = crypto.randomUUID(), signal }: SendOptions = {},
    ): AsyncGenerator<ChatEvent, void, undefined> {
      return resumeStream(
        (address, connection) =>
          address === undefined
            ? send(
                "POST",
                "/api/v1/chat/stream",
                message,
                { "idempotency-key": idempotencyKey, accept: "text/event-stream" },
                connection,
              )
            : send("GET", address, undefined, { accept: "text/event-stream" }, connection),
        { signal, pauseMs },
      );
    },

    /** Yields the events of a turn at its `stream_url`, as `chat` does. Yields nothing if there is nothing to stream. */
    follow(
      streamUrl: string,
      { signal }: Pick<SendOptions, "signal"> = {},
    ): AsyncGenerator<ChatEvent, void, undefined> {
      return resumeStream(
        (address = streamUrl, connection) =>
          send("GET", address, undefined, { accept: "text/event-stream" }, connection),
        { signal, pauseMs },
      );
    },
  };
}

/** The options of any route. */
interface LooseOptions {
  path?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}
