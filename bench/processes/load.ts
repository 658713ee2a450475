// The client of the benchmark, in a process of its own. Sends turns and measures what a client sees.
import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { PassThrough } from "node:stream";
import { json } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type FacadeName, facades, firstToken, lastToken, messageOf } from "#bench/workload.ts";
import { answerBytes } from "./answer-bytes.ts";
import { answerCalls } from "./calls.ts";

export interface Load {
  url: string;
  headers: Record<string, string>;
  turns: number;
  /** How many turns are open at the same time. */
  concurrency: number;
  /** All turns go into this conversation. Default: a new one for each turn. */
  conversationId?: string | undefined;
  /** The turns' number of the first message. */
  firstTurn?: number | undefined;
  /** The protocol that the server speaks. Default: our own. */
  facade?: FacadeName | undefined;
  /** The origin of a second request, which streams the answer: the first one only accepts the message. */
  streamOrigin?: string | undefined;
}

export interface TurnTimes {
  /** When the request was sent, in milliseconds since 1970. The other times count from here. */
  startMs: number;
  firstTokenMs: number;
  endMs: number;
  /** Bytes of the events that carry the answer's text, with the framing of HTTP's chunks. Meaningless after gzip. */
  answerBytes: number;
  /** Bytes of the whole body, with the framing of HTTP's chunks. */
  bodyBytes: number;
}

export interface LoadResult {
  turns: TurnTimes[];
  elapsedMs: number;
  /** The conversation of the last turn, if the server names conversations. */
  conversationId?: string | undefined;
}

/** A bucket holds ten requests a minute for each address. Linux lets a client choose any address of 127.0.0.0/8. */
const requestsPerAddress = 8;
let addresses = 0;

interface Connection {
  localAddress: string;
  agent: Agent;
  requests: number;
}

/** Returns a connection that stays open for eight requests, each time from another address. */
function openConnection(): Connection {
  addresses += 1;
  const localAddress = `127.${1 + (addresses >> 16)}.${(addresses >> 8) & 255}.${addresses & 255}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return { localAddress, agent, requests: 0 };
}

answerCalls({
  async run({ turns, concurrency, firstTurn = 1, ...target }: Load): Promise<LoadResult> {
    const times: TurnTimes[] = [];
    let conversationId: string | undefined;
    let started = 0;
    const startedAt = performance.now();
    const sendTurns = async () => {
      let connection = openConnection();
      while (started < turns) {
        const number = firstTurn + started;
        started += 1;
        if (connection.requests === requestsPerAddress) {
          connection.agent.destroy();
          connection = openConnection();
        }
        connection.requests += 1;
        const turn = await sendTurn(target, connection, number);
        conversationId = turn.conversationId;
        times.push(turn.times);
      }
      connection.agent.destroy();
    };
    await Promise.all(Array.from({ length: concurrency }, sendTurns));
    return { turns: times, elapsedMs: performance.now() - startedAt, conversationId };
  },
});

type Target = Omit<Load, "turns" | "concurrency" | "firstTurn">;

async function sendTurn(target: Target, connection: Connection, turn: number) {
  const { url, headers, conversationId, facade, streamOrigin } = target;
  const { agent, localAddress } = connection;
  const message = messageOf(turn);
  const body = JSON.stringify(
    facade === undefined
      ? { message, ...(conversationId !== undefined && { conversation_id: conversationId }) }
      : facades[facade].bodyOf(message, conversationId),
  );
  const startedAt = performance.now();
  const sent = request(url, {
    method: "POST",
    agent,
    localAddress,
    headers: {
      ...headers,
      // MCP asks for both.
      ...(facade !== undefined && { accept: "application/json, text/event-stream" }),
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    },
  });
  sent.end(body);
  let response = await responseTo(sent);
  if (streamOrigin !== undefined) {
    const accepted = (await json(response)) as { stream_url: string };
    const address = new URL(accepted.stream_url, streamOrigin);
    response = await responseTo(request(address, { agent, localAddress, headers }).end());
  }
  const isCompressed = response.headers["content-encoding"] === "gzip";
  const decoder = isCompressed ? createGunzip() : new PassThrough();
  const chunks: Buffer[] = [];
  let received = "";
  let firstTokenMs: number | undefined;
  decoder.on("data", (part: Buffer) => {
    received += part;
    if (firstTokenMs === undefined && part.includes(firstToken)) {
      firstTokenMs = performance.now() - startedAt;
    }
  });
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    decoder.write(chunk);
  }
  await finished(decoder.end());
  const endMs = performance.now() - startedAt;
  if (response.statusCode !== 200 || firstTokenMs === undefined || !received.includes(lastToken)) {
    throw new Error(`Turn ${turn} of ${url} returned ${response.statusCode}: ${received}`);
  }
  const startMs = performance.timeOrigin + startedAt;
  const bytes = answerBytes(chunks, firstToken, lastToken);
  const times: TurnTimes = { startMs, firstTokenMs, endMs, ...bytes };
  const [, givenId] = /"conversation_id":"([^"]+)"/.exec(received) ?? [];
  return { times, conversationId: givenId };
}

async function responseTo(sent: ClientRequest): Promise<IncomingMessage> {
  const [response] = await once(sent, "response");
  return response;
}
