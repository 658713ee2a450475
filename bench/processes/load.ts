// The client of the benchmark, in a process of its own. Sends turns and measures what a client sees.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { firstToken, lastToken, messageOf } from "#bench/workload.ts";
import { answerBytes } from "./answer-bytes.ts";
import { answerCalls } from "./calls.ts";

export interface Load {
  url: string;
  headers: Record<string, string>;
  turns: number;
  /** How many turns are open at the same time. */
  concurrency: number;
  /** All turns in one conversation, which is the server's or one that the client names. Default: one for each turn. */
  conversation?: "of-server" | "of-client" | undefined;
}

export interface TurnTimes {
  firstTokenMs: number;
  endMs: number;
  /** Bytes of the events that carry the answer's text, with the framing of HTTP's chunks. */
  answerBytes: number;
  /** Bytes of the whole body, with the framing of HTTP's chunks. */
  bodyBytes: number;
}

export interface LoadResult {
  turns: TurnTimes[];
  elapsedMs: number;
}

/** A bucket holds ten requests a minute for each address. Linux lets a client choose any address of 127.0.0.0/8. */
const requestsPerAddress = 8;
let addresses = 0;

/** Returns a connection that stays open for eight requests, each time from another address. */
function openConnection() {
  addresses += 1;
  const localAddress = `127.${1 + (addresses >> 16)}.${(addresses >> 8) & 255}.${addresses & 255}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return { localAddress, agent, requests: 0 };
}

answerCalls({
  async run({ turns, concurrency, ...target }: Load): Promise<LoadResult> {
    const times: TurnTimes[] = [];
    let started = 0;
    const startedAt = performance.now();
    const sendTurns = async () => {
      let connection = openConnection();
      let conversationId: string | undefined =
        target.conversation === "of-client" ? randomUUID() : undefined;
      while (started < turns) {
        started += 1;
        if (connection.requests === requestsPerAddress) {
          connection.agent.destroy();
          connection = openConnection();
        }
        connection.requests += 1;
        const turn = await sendTurn(target, connection, started, conversationId);
        if (target.conversation === "of-server") conversationId = turn.conversationId;
        times.push(turn.times);
      }
      connection.agent.destroy();
    };
    await Promise.all(Array.from({ length: concurrency }, sendTurns));
    return { turns: times, elapsedMs: performance.now() - startedAt };
  },
});

async function sendTurn(
  { url, headers }: Pick<Load, "url" | "headers">,
  { localAddress, agent }: ReturnType<typeof openConnection>,
  turn: number,
  conversationId: string | undefined,
) {
  const body = JSON.stringify({
    message: messageOf(turn),
    ...(conversationId !== undefined && { conversation_id: conversationId }),
  });
  const startedAt = performance.now();
  const sent = request(url, {
    method: "POST",
    agent,
    localAddress,
    headers: {
      ...headers,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    },
  });
  sent.end(body);
  const response = await responseTo(sent);
  const chunks: Buffer[] = [];
  let firstTokenMs: number | undefined;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (firstTokenMs === undefined && chunk.includes(firstToken)) {
      firstTokenMs = performance.now() - startedAt;
    }
  }
  const endMs = performance.now() - startedAt;
  const received = Buffer.concat(chunks).toString();
  if (response.statusCode !== 200 || firstTokenMs === undefined || !received.includes(lastToken)) {
    throw new Error(`Turn ${turn} of ${url} returned ${response.statusCode}: ${received}`);
  }
  const times: TurnTimes = { firstTokenMs, endMs, ...answerBytes(chunks, firstToken, lastToken) };
  const [, givenId] = /"conversation_id":"([^"]+)"/.exec(received) ?? [];
  return { times, conversationId: givenId };
}

async function responseTo(sent: ClientRequest): Promise<IncomingMessage> {
  const [response] = await once(sent, "response");
  return response;
}
