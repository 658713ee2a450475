import { describe, expect, it } from "vitest";
import type { ChatAccepted } from "#lib/contract/chat.ts";
import type { ConversationPage, ConversationWithTurns } from "#lib/contract/conversation.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { readAll, readEvents, textOf } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin, logIn } = await openTwin({ environment: { CHAT_REQUESTS_PER_MINUTE: "60" } });

describe("a turn", () => {
  it("streams its text and tools and appears in the transcript", async () => {
    const client = await logIn();
    const { events, text, conversation_id } = await client.chat("What is 12.5% of 480?");
    expect(events[0]).toMatchObject({ event: "turn", data: { attempt: 1 } });
    expect(events.filter(({ event }) => event === "delta").length).toBeGreaterThan(1);
    // A call that ends at once may be sent only with its end.
    expect(events.findLast(({ event }) => event === "tool")?.data).toMatchObject({
      ...{ name: "calculator", state: "done", output: expect.stringContaining("60") },
    });
    const offset = textOf(
      events.slice(
        0,
        events.findIndex(({ event }) => event === "tool"),
      ),
    ).length;
    expect(offset).toBeGreaterThan(0);
    const done = events.at(-1);
    expect(done).toMatchObject({
      event: "done",
      data: { text, model: "demo-model", usage: { cost_usd: 0 } },
    });

    const read = await client.send(`/api/v1/conversations/${conversation_id}`);
    const conversation = (await read.json()) as ConversationWithTurns;
    expect(conversation.turns).toMatchObject([
      {
        status: "done",
        message: "What is 12.5% of 480?",
        result: text,
        tools: [{ state: "done", text_offset: offset }],
      },
    ]);
    const list = await client.send("/api/v1/conversations");
    expect(((await list.json()) as ConversationPage).conversations).toMatchObject([
      { id: conversation_id, title: "What is 12.5% of 480?" },
    ]);
  });

  it("in two requests costs one database request to accept, one to claim and one to finish", async () => {
    const client = await logIn();
    await client.chat("Hello");
    const requests = () => twin.parts.neon.requests("app");
    const before = requests();
    const accepted = await client.post("Hello again");
    expect(requests() - before).toBe(1);
    const events = await readAll(await client.send(accepted.stream_url));
    const [done] = events.flatMap(({ event, data }) => (event === "done" ? [data] : []));
    const beats = Math.floor((done?.duration_ms ?? 0) / 1_000);
    expect(requests() - before).toBeLessThanOrEqual(3 + beats);
  });

  it("continues without its reader, and a second reader gets the whole answer", async () => {
    const client = await logIn();
    const gate = twin.parts.bedrock.script.hold({ afterDeltas: 3 });
    const accepted = await client.post("Write a long answer");
    const leaving = new AbortController();
    const first = await client.send(accepted.stream_url, { signal: leaving.signal });
    const seen: StreamEvent[] = [];
    for await (const event of readEvents(first)) {
      seen.push(event);
      if (textOf(seen) !== "") break;
    }
    leaving.abort();

    const follower = readEvents(await client.send(accepted.stream_url));
    const followed: StreamEvent[] = [];
    for await (const event of follower) {
      followed.push(event);
      if (followed.length === 2) gate.release();
    }
    expect(followed.slice(0, 2).map(({ event }) => event)).toEqual(["turn", "snapshot"]);
    expect(followed.at(-1)?.event).toBe("done");
    expect(textOf(followed).length).toBeGreaterThan(200);
  });

  it("stops on DELETE and keeps its text, and the conversation continues", async () => {
    const client = await logIn();
    const gate = twin.parts.bedrock.script.hold({ afterDeltas: 3 });
    const accepted = await client.post("Write a long answer");
    const stream = readEvents(await client.send(accepted.stream_url));
    const events: StreamEvent[] = [];
    for await (const event of stream) {
      events.push(event);
      if (textOf(events) === "" || event.event !== "delta") continue;
      const stopped = await client.send(accepted.stream_url, { method: "DELETE" });
      expect(stopped.status).toBe(200);
    }
    gate.release();
    expect(events.at(-1)?.event).toBe("stopped");
    expect(textOf(events)).not.toBe("");
    const again = await client.send(accepted.stream_url, { method: "DELETE" });
    expect(await again.json()).toMatchObject({ status: "stopped", result: textOf(events) });
    const next = await client.chat("My name is Ada. What is 2+2?", accepted.conversation_id);
    expect(next.events.at(-1)?.event).toBe("done");
  });

  it("runs in the order of acceptance", async () => {
    const client = await logIn();
    const first = await client.post("My name is Grace.");
    const second = await client.post("What is my name?", first.conversation_id);
    const events = await readAll(
      await client.send(`/api/v1/chat?conversation_id=${first.conversation_id}`),
    );
    const done = events.flatMap((event) => (event.event === "done" ? [event.data] : []));
    expect(done.map(({ turn_id }) => turn_id)).toEqual([first.turn_id, second.turn_id]);
    expect(done[1]?.text).toContain("Grace");
  });

  it("is accepted once for one idempotency key", async () => {
    const client = await logIn();
    const key = { "idempotency-key": "key-1" };
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => client.post("Hello", undefined, key)),
    );
    for (const other of others) expect(other.turn_id).toBe(first?.turn_id);
    const list = await client.send("/api/v1/conversations");
    expect(((await list.json()) as ConversationPage).conversations).toHaveLength(1);
    const reused = await client.sendJson("POST", "/api/v1/chat", { message: "Other" }, key);
    expect(reused.status).toBe(422);
  });

  it("replaces a turn: edit, regenerate and retry", async () => {
    const client = await logIn();
    const requests = () => twin.parts.neon.requests("app");
    const replace = (replaces: string | undefined, conversation_id: string | undefined) =>
      client.sendJson("POST", "/api/v1/chat", {
        message: "My name is Grace.",
        conversation_id,
        replaces,
      });
    const first = await client.chat("My name is Ada.");
    const { conversation_id, turn_id } = first;
    const before = requests();
    const accepted = (await (await replace(turn_id, conversation_id)).json()) as ChatAccepted;
    expect(requests() - before).toBe(1);
    const events = await readAll(await client.send(accepted.stream_url));
    expect(events[0]).toMatchObject({ event: "turn", data: { replaces: turn_id } });
    expect(events.at(-1)?.event).toBe("done");
    const next = await client.chat("What is my name?", conversation_id);
    expect(next.text).toContain("Grace");
    expect(next.text).not.toContain("Ada");
    const read = await client.send(`/api/v1/conversations/${conversation_id}`);
    const { turns } = (await read.json()) as ConversationWithTurns;
    expect(turns.map(({ message }) => message)).toEqual(["My name is Grace.", "What is my name?"]);
    expect(turns.map(({ replaces }) => replaces)).toEqual([turn_id, null]);
    expect(turns.map(({ parent }) => parent)).toEqual([null, accepted.turn_id]);
    expect(turns[0]?.versions).toEqual([turn_id, accepted.turn_id]);

    const unknown = "99999999-9999-4999-8999-999999999999";
    expect((await replace(unknown, conversation_id)).status).toBe(404);
    const withoutConversation = await replace(turn_id, undefined);
    expect(withoutConversation.status).toBe(400);
    expect(await withoutConversation.json()).toMatchObject({ field: "replaces" });
  });

  it("is returned as JSON on request, and 204 stops a reconnecting client", async () => {
    const client = await logIn();
    const { stream_url, events, text } = await client.chat("Hello");
    // Some clients add media types to the header. None of these stands for events.
    const accept = "application/json; charset=utf-8, text/plain, */*";
    const state = await client.send(stream_url, { headers: { accept } });
    expect(await state.json()).toMatchObject({ status: "done", result: text });
    const end = events.at(-1)?.id ?? "";
    const reconnect = await client.send(stream_url, { headers: { "last-event-id": end } });
    expect(reconnect.status).toBe(204);
  });
});

describe("POST /api/v1/chat/stream", () => {
  it("accepts a message and streams its answer in one request", async () => {
    const client = await logIn();
    const response = await client.stream("What is 2+2?");
    const streamUrl = response.headers.get("content-location") ?? "";
    const events = await readAll(response);
    expect(events[0]).toMatchObject({ event: "turn", data: { attempt: 1 } });
    expect(textOf(events)).toContain("4");
    expect(events.at(-1)?.event).toBe("done");

    const again = await readAll(await client.send(streamUrl));
    expect(again.at(-1)).toEqual({
      ...events.at(-1),
      data: { ...events.at(-1)?.data, duration_ms: expect.any(Number) },
    });
  });

  it("streams the same turn to a repeated request with the same key", async () => {
    const client = await logIn();
    const key = { "idempotency-key": "key-of-a-stream" };
    const responses = [];
    for (const _ of [1, 2]) responses.push(await client.stream("Hello", undefined, key));
    const isReplay = responses.map(({ headers }) => headers.get("idempotent-replayed"));
    expect(isReplay).toEqual(["false", "true"]);
    const [first = [], second = []] = await Promise.all(responses.map(readAll));
    expect(second[0]).toEqual(first[0]);
    expect(textOf(second)).toBe(textOf(first));
    expect((await client.stream("Other", undefined, key)).status).toBe(422);
  });

  it("refuses what POST /api/v1/chat refuses, with the same problem", async () => {
    const client = await logIn();
    const unknown = "99999999-9999-4999-8999-999999999999";
    const refusals: [object, HeadersInit][] = [
      [{ message: "Hello", conversation_id: unknown }, {}],
      [{ message: " " }, {}],
      [{ message: "Hello", conversation_id: "1" }, {}],
      [{ message: "Hello" }, { "sec-fetch-site": "cross-site" }],
      [{ message: "Hello" }, { "content-type": "text/plain" }],
      [{ message: "Hello" }, { "idempotency-key": "ä" }],
    ];
    for (const [body, headers] of refusals) {
      const answer = async (path: string) => {
        const all = { "x-request-id": "same", ...headers };
        const response = await client.sendJson("POST", path, body, all);
        return { status: response.status, body: await response.text() };
      };
      const refused = await answer("/api/v1/chat/stream");
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(refused).toEqual(await answer("/api/v1/chat"));
    }
    client.cookie = "";
    expect((await client.stream("Hello")).status).toBe(401);
  });
});

describe("conversations", () => {
  it("are renamed and deleted, and a deleted one has no stream", async () => {
    const client = await logIn();
    const { conversation_id, stream_url } = await client.chat("Hello");
    const path = `/api/v1/conversations/${conversation_id}`;
    const renamed = await client.sendJson("PATCH", path, { title: "  Greetings  " });
    expect(await renamed.json()).toMatchObject({ id: conversation_id, title: "Greetings" });
    expect((await client.send(path, { method: "DELETE" })).status).toBe(204);
    expect((await client.send(path)).status).toBe(404);
    expect((await client.send(stream_url)).status).toBe(404);
  });

  it("are found by their messages", async () => {
    const client = await logIn();
    const { conversation_id } = await client.chat("Wombats are 100% marsupials.");
    await client.chat("Hello");
    const search = async (q: string) => {
      const list = await client.send(`/api/v1/conversations?q=${encodeURIComponent(q)}`);
      return ((await list.json()) as ConversationPage).conversations.map(({ id }) => id);
    };
    expect(await search(" 100% MARSU ")).toEqual([conversation_id]);
    expect(await search("100_ marsu")).toEqual([]);
    for (const q of ["", " ", "x".repeat(101), "\u0000"]) {
      const refused = await client.send(`/api/v1/conversations?q=${encodeURIComponent(q)}`);
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ field: "q" });
    }
  });

  it("are read in pages, newest turns first", async () => {
    const client = await logIn();
    const { conversation_id } = await client.chat("one");
    await client.chat("two", conversation_id);
    const path = `/api/v1/conversations/${conversation_id}?limit=1`;
    const newest = (await (await client.send(path)).json()) as ConversationWithTurns;
    expect(newest.turns).toMatchObject([{ message: "two" }]);
    const earlier = await client.send(`${path}&before=${newest.earlier_cursor}`);
    expect(await earlier.json()).toMatchObject({
      turns: [{ message: "one" }],
      earlier_cursor: null,
    });
    for (const [field, query] of [
      ["before", "before=page-2"],
      ["limit", "limit=0"],
    ]) {
      const refused = await client.send(`/api/v1/conversations/${conversation_id}?${query}`);
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ field });
    }
  });

  it("have branches: a message after any turn, and any branch is shown again", async () => {
    const client = await logIn();
    const settings = { instructions: "Answer in one sentence." };
    const first = await client.sendJson("POST", "/api/v1/chat", {
      ...{ message: "My name is Ada.", settings },
    });
    const one = (await first.json()) as ChatAccepted;
    await readAll(await client.send(one.stream_url));
    const path = `/api/v1/conversations/${one.conversation_id}`;
    const two = await client.chat("What is my name?", one.conversation_id);
    const send = (body: object) =>
      client.sendJson("POST", "/api/v1/chat", {
        ...{ message: "My name is Grace.", conversation_id: one.conversation_id, ...body },
      });
    const other = (await (await send({ after: null })).json()) as ChatAccepted;
    const [begin] = await readAll(await client.send(other.stream_url));
    expect(begin).toMatchObject({ event: "turn", data: { parent: null, replaces: null } });
    const grace = await client.chat("What is my name?", one.conversation_id);
    expect(grace.text).toContain("Grace");
    expect(grace.text).not.toContain("Ada");

    const switched = await client.sendJson("PATCH", path, { head: one.turn_id });
    expect(switched.status).toBe(200);
    expect(await switched.json()).toMatchObject({ head: two.turn_id, settings });
    const shown = (await (await client.send(path)).json()) as ConversationWithTurns;
    expect(shown.turns).toMatchObject([
      { turn_id: one.turn_id, parent: null, versions: [one.turn_id, other.turn_id] },
      { turn_id: two.turn_id, parent: one.turn_id, versions: [two.turn_id] },
    ]);

    const saved = { message: { turn_id: one.turn_id, text: "My name is Mary." } };
    expect((await client.sendJson("PATCH", path, saved)).status).toBe(200);
    const mary = await client.chat("What is my name?", one.conversation_id);
    expect(mary.text).toContain("Mary");
    expect(mary.text).not.toContain("Ada");
    const read = (await (await client.send(path)).json()) as ConversationWithTurns;
    expect(read.turns[0]).toMatchObject({
      ...{ message: "My name is Mary.", earlier_messages: ["My name is Ada."] },
    });
  });

  it("refuse a change or a place in the tree that makes no sense", async () => {
    const client = await logIn();
    const { conversation_id, turn_id } = await client.chat("Hello");
    const path = `/api/v1/conversations/${conversation_id}`;
    const message = "Hello";
    const settings = { instructions: "Be brief." };
    for (const [field, method, url, body] of [
      ["after", "POST", "/api/v1/chat", { message, after: turn_id }],
      ["after", "POST", "/api/v1/chat", { message, conversation_id, after: "last" }],
      [
        "after",
        "POST",
        "/api/v1/chat",
        { message, conversation_id, after: null, replaces: turn_id },
      ],
      ["settings", "POST", "/api/v1/chat", { message, conversation_id, settings }],
      ["settings.effort", "POST", "/api/v1/chat", { message, settings: { effort: "most" } }],
      ["settings.instructions", "PATCH", path, { settings: { instructions: "x".repeat(40_000) } }],
      ["head", "PATCH", path, { head: null }],
      ["message.text", "PATCH", path, { message: { turn_id, text: " " } }],
      ["body", "PATCH", path, {}],
    ] as const) {
      const refused = await client.sendJson(method, url, body);
      expect(refused.status, field).toBe(400);
      expect(await refused.json()).toMatchObject({ type: "bad_request", field });
    }
  });

  it("of another owner return the same response as unknown ones", async () => {
    const [owner, stranger] = [await logIn(), await logIn()];
    const mine = await owner.chat("My secret is safe");
    const unknown = "99999999-9999-4999-8999-999999999999";
    const requests = (id: string): [string, RequestInit][] => [
      [`/api/v1/conversations/${id}`, {}],
      [`/api/v1/conversations/${id}`, { method: "DELETE" }],
      [`/api/v1/chat?conversation_id=${id}`, {}],
      [`/api/v1/chat?conversation_id=${id}&turn_id=${mine.turn_id}`, { method: "DELETE" }],
      ...[{}, { replaces: mine.turn_id }, { after: mine.turn_id }].map(
        (more): [string, RequestInit] => [
          "/api/v1/chat",
          {
            method: "POST",
            body: JSON.stringify({ message: "Hello", conversation_id: id, ...more }),
            headers: { "content-type": "application/json" },
          },
        ],
      ),
      ...[{ head: mine.turn_id }, { message: { turn_id: mine.turn_id, text: "Mine" } }].map(
        (change): [string, RequestInit] => [
          `/api/v1/conversations/${id}`,
          {
            method: "PATCH",
            body: JSON.stringify(change),
            headers: { "content-type": "application/json" },
          },
        ],
      ),
    ];
    const answers = async (id: string) =>
      Promise.all(
        requests(id).map(async ([path, init]) => {
          const headers = new Headers(init.headers);
          headers.set("x-request-id", "same");
          const response = await stranger.send(path, { ...init, headers });
          return { status: response.status, body: await response.text() };
        }),
      );
    const foreign = await answers(mine.conversation_id);
    expect(foreign.map(({ status }) => status)).toEqual(Array(9).fill(404));
    expect(foreign).toEqual(await answers(unknown));
    expect((await owner.send(`/api/v1/conversations/${mine.conversation_id}`)).status).toBe(200);
  });
});

describe("a program at the function URL", () => {
  it("accepts and streams in one request, only with a bearer token", async () => {
    const login = await fetch(new URL("/api/login", twin.url), {
      method: "POST",
      body: JSON.stringify({ password: twin.password, token: true }),
      headers: { "content-type": "application/json" },
    });
    const { token } = (await login.json()) as { token: string };
    const url = new URL("/api/v1/chat", twin.functionUrl);
    const sameUrl = new URL("/api/v1/chat/stream", twin.functionUrl);
    const init = {
      method: "POST",
      body: JSON.stringify({ message: "What is 2+2?" }),
      headers: { "content-type": "application/json" },
    };
    const withToken = { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } };
    expect(textOf(await readAll(await fetch(url, withToken)))).toContain("4");
    expect(textOf(await readAll(await fetch(sameUrl, withToken)))).toContain("4");

    expect((await fetch(url, init)).status).toBe(401);
    const browser = await logIn();
    const withCookie = { ...init, headers: { ...init.headers, cookie: browser.cookie } };
    expect((await fetch(url, withCookie)).status).toBe(401);
    const elsewhere = await fetch(new URL("/health", twin.functionUrl));
    expect(elsewhere.status).toBe(404);
    expect(await elsewhere.json()).toMatchObject({ type: "not_found" });
  });
});

describe("sessions", () => {
  it("end with logout, also for a copied cookie", async () => {
    const client = await logIn();
    expect((await client.send("/api/me")).status).toBe(200);
    const kept = client.cookie;
    expect((await client.send("/api/logout", { method: "POST" })).status).toBe(204);
    client.cookie = kept;
    expect((await client.send("/api/me")).status).toBe(401);
  });

  it("keep their conversations when a login sends the old cookie", async () => {
    const client = await logIn();
    const { conversation_id } = await client.chat("Hello");
    await client.login(twin.password);
    expect((await client.send(`/api/v1/conversations/${conversation_id}`)).status).toBe(200);
  });

  it("reject requests from another site, also on the stream", async () => {
    const client = await logIn();
    const { stream_url } = await client.post("Hello");
    for (const headers of [
      { "sec-fetch-site": "cross-site" },
      { origin: "https://evil.example" },
    ]) {
      expect((await client.send(stream_url, { headers })).status).toBe(403);
      const post = await client.sendJson("POST", "/api/v1/chat", { message: "x" }, headers);
      expect(post.status).toBe(403);
    }
  });
});
