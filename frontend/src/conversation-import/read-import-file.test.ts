import { describe, expect, it } from "vitest";
import { UnknownFile } from "./imported-conversation.ts";
import { readImportFile } from "./read-import-file.ts";

const read = (file: unknown) => readImportFile(JSON.stringify(file));

/** A node of ChatGPT's tree. */
const node = (id: string, parent: string | null, role?: string, ...parts: unknown[]) => ({
  ...{ id, parent, children: [] },
  message: role && {
    author: { role },
    create_time: 1_760_000_000.5,
    content: { content_type: "text", parts },
  },
});
const chatGpt = (current_node: string, ...nodes: { id: string }[]) => ({
  ...{ title: "Trip", create_time: 1_760_000_000, current_node },
  mapping: Object.fromEntries(nodes.map((each) => [each.id, each])),
});
const at = "2025-10-09T08:53:20.500Z";

describe("ChatGPT's file", () => {
  it("becomes turns, where what was edited or answered again is a version, and the shown branch comes last", () => {
    const file = chatGpt(
      "answer 2b",
      node("root", null),
      node("system", "root", "system", ""),
      node("first", "system", "user", "Where to?"),
      node("answer 1", "first", "assistant", "Rome."),
      node("second", "answer 1", "user", "When?"),
      node("answer 2b", "second", "assistant", "In May."),
      node("answer 2a", "second", "assistant", "In June."),
      node("edited", "answer 1", "user", "How long?"),
      node("answer 3", "edited", "assistant", "A week."),
    );
    expect(read([file])).toEqual({
      unreadable: 0,
      conversations: [
        {
          title: "Trip",
          turns: [
            { message: "Where to?", text: "Rome.", created_at: at },
            { message: "How long?", text: "A week.", created_at: at, parent: 0 },
            { message: "When?", text: "In June.", created_at: at, parent: 0 },
            { message: "When?", text: "In May.", created_at: at, parent: 0 },
          ],
        },
      ],
    });
  });

  it("loses calls of tools and hidden messages, and keeps a mark of an image and each text of an answer", () => {
    const call = node("call", "ask", "assistant", "search()");
    const file = chatGpt(
      "end",
      Object.assign(node("hidden", null), {
        message: {
          ...{ author: { role: "user" }, content: { content_type: "user_editable_context" } },
          metadata: { is_visually_hidden_from_conversation: true },
        },
      }),
      node("ask", "hidden", "user", { asset_pointer: "file://1" }, "What is it?"),
      { ...call, ...{ message: Object.assign({ recipient: "web" }, call.message) } },
      node("output", "call", "tool", "results"),
      node("middle", "output", "assistant", "Let me look."),
      node("end", "middle", "assistant", "A cat."),
    );
    expect(read([file]).conversations[0]?.turns).toEqual([
      { message: "[…]\n\nWhat is it?", text: "Let me look.\n\nA cat.", created_at: at },
    ]);
  });

  it("keeps a message without an answer, an answer without a message, and 20,000 messages", () => {
    const lonely = chatGpt(
      "b",
      node("a", null, "assistant", "Hello!"),
      node("b", "a", "user", "Hi"),
    );
    expect(read([lonely]).conversations[0]?.turns).toMatchObject([
      { message: "…", text: "Hello!" },
      { message: "Hi", text: "", parent: 0 },
    ]);
    const long = Array.from({ length: 20_000 }, (_, index) =>
      node(`${index}`, index === 0 ? null : `${index - 1}`, index % 2 ? "assistant" : "user", "x"),
    );
    expect(read([chatGpt("19999", ...long)]).conversations[0]?.turns).toHaveLength(10_000);
  });
});

describe("Claude's file", () => {
  const message = (uuid: string, sender: string, text: string, more = {}) => ({
    ...{ uuid, sender, text, created_at: "2026-02-03T04:05:06.789123Z", ...more },
  });

  it("becomes turns in its order, with the text of attached files", () => {
    const file = {
      ...{ uuid: "c", name: "Plans", account: {} },
      chat_messages: [
        message("1", "human", "Read it.", {
          attachments: [{ file_name: "a.txt", extracted_content: "Alpha" }],
          files: [{ file_name: "photo.png" }],
        }),
        message("2", "assistant", "```block```Done.", {
          content: [
            { type: "tool_use", name: "read" },
            { type: "text", text: "Done." },
          ],
        }),
        message("3", "human", "Thanks"),
      ],
    };
    const created_at = "2026-02-03T04:05:06.789Z";
    expect(read([file]).conversations).toEqual([
      {
        title: "Plans",
        turns: [
          { message: "Read it.\n\n[a.txt]\nAlpha\n\n[photo.png]", text: "Done.", created_at },
          { message: "Thanks", text: "", created_at, parent: 0 },
        ],
      },
    ]);
  });

  it("has versions where two messages follow the same one", () => {
    const root = { parent_message_uuid: "00000000-0000-4000-8000-000000000000" };
    const file = {
      name: "",
      chat_messages: [
        message("1", "human", "Hi", root),
        message("2", "assistant", "Hello", { parent_message_uuid: "1" }),
        message("3", "human", "Hi there", root),
        message("4", "assistant", "Good day", { parent_message_uuid: "3" }),
      ],
    };
    expect(read([file]).conversations[0]?.turns).toMatchObject([
      { message: "Hi", text: "Hello" },
      { message: "Hi there", text: "Good day" },
    ]);
  });
});

describe("our own export", () => {
  const turn = (turn_id: string, parent: string | null, message: string) => ({
    ...{ turn_id, parent, message, result: `To ${message}`, partial: null, status: "done" },
    created_at: "2026-01-01T00:00:00.000Z",
  });
  const conversation = { title: "Own", turns: [turn("a", null, "one"), turn("b", "a", "two")] };

  it.each([
    ["of one conversation", conversation],
    ["of all conversations", { exported_at: "", conversations: [conversation] }],
  ])("%s becomes the same turns", (_of, file) => {
    expect(read(file).conversations).toEqual([
      {
        title: "Own",
        turns: [
          { message: "one", text: "To one", created_at: "2026-01-01T00:00:00.000Z" },
          { message: "two", text: "To two", created_at: "2026-01-01T00:00:00.000Z", parent: 0 },
        ],
      },
    ]);
  });

  it("keeps every version, and the turn that ends the shown branch comes last", () => {
    const turns = [turn("a", null, "one"), turn("b", "a", "shown"), turn("c", "a", "other")];
    const read_ = read({ title: "Own", head: "b", turns }).conversations[0];
    expect(read_?.turns.map(({ message, parent }) => [message, parent])).toEqual([
      ["one", undefined],
      ["other", 0],
      ["shown", 0],
    ]);
    // The shown end may have continuations on branches that are not shown.
    const inner = read({ title: "Own", head: "a", turns }).conversations[0];
    expect(inner?.turns.map(({ message }) => message)).toEqual(["one", "shown", "other"]);
  });

  it("loses empty conversations, and counts those that it cannot read", () => {
    expect(read([conversation, { title: "Empty", turns: [] }, { foreign: 1 }])).toMatchObject({
      ...{ conversations: [{ title: "Own" }], unreadable: 1 },
    });
    expect(read([])).toEqual({ conversations: [], unreadable: 0 });
  });

  it.each(["", "no JSON", "null", "7", '{"foreign":1}', '[{"mapping":"x"}]'])(
    "is not %j",
    (text) => {
      expect(() => readImportFile(text)).toThrow(UnknownFile);
    },
  );
});
