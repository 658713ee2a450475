import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { createReadPage } from "#lib/tools/read-page/read-page.ts";
import { defineTool, type Tool } from "#lib/tools/tool.ts";
import { processorMsOf } from "#test/support/processor-time.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { type CallResult, type Conversation, emptyConversation } from "./composed-address.ts";
import { createGate } from "./gate.ts";

const tool = (name: string, resultText?: Tool["resultText"]) =>
  defineTool({
    ...{ name, description: "Does it.", effect: "none", resultText },
    input: v.looseObject({}),
    run: () => "done",
  });
const tools = [
  ...[createReadPage({ version: "0.0.0", mayUseLoopback: false }), tool("find", "found")],
  ...[tool("add", "own"), tool("query")],
];
const result = (output: string, changes: Partial<CallResult> = {}): CallResult => ({
  ...{ name: "find", input: {}, output, isDone: true, isOwnWords: false, ...changes },
});
const foreign = result("Ships leave at nine.");

function verdictOn(url: string, conversation: Partial<Conversation> = {}, policy = []) {
  const gate = createGate({ tools, policy, telemetry: recordingTelemetry().telemetry });
  const call = { id: "t.1.0", name: "read_page", input: { url } };
  return gate.plan([call], 0, () => ({ ...emptyConversation, ...conversation }))[0]?.verdict;
}
const page = "https://example.com/page";

describe("an address that the model wrote itself", () => {
  it("is read before anything foreign is in the conversation", () => {
    expect(verdictOn(page)).toBe("run");
    expect(verdictOn(page, { results: [result("4", { name: "add" })] })).toBe("run");
    expect(verdictOn(page, { results: [result("No.", { isOwnWords: true })] })).toBe("run");
  });

  it("is read after a page could not be read", () => {
    const failed = result("Error: example.com answered with the status 404.", { isDone: false });
    expect(verdictOn(page, { results: [{ ...failed, name: "read_page" }] })).toBe("run");
  });

  it.each([
    ["a text that a tool found", { results: [foreign] }],
    ["a text of a tool that puts texts together", { results: [result("4", { name: "query" })] }],
    ["its failure", { results: [result("Error: 4", { name: "query", isDone: false })] }],
    ["a text of a tool that no longer exists", { results: [result("4", { name: "gone" })] }],
    ["a summary", { isSummarised: true }],
  ])("asks after %s", (_, conversation) => {
    expect(verdictOn(page, conversation)).toBe("ask");
  });

  it("is read if it is none, because the tool refuses it", () => {
    expect(verdictOn("file:///etc/passwd", { results: [foreign] })).toBe("run");
  });

  it.each([
    ["a query", `${page}?d=hunter2`],
    ["a longer path", `${page}/hunter2`],
    ["another host", "https://hunter2.example.com/page"],
    ["another port", "https://example.com:8080/page"],
    ["a shorter path", "https://example.com/"],
    ["another case of the path", "https://example.com/Page"],
  ])("asks if it has %s beside the one that was found", (_, address) => {
    expect(verdictOn(address, { results: [result(`See ${page} for more.`)] })).toBe("ask");
  });

  it.each(["query", "gone"])("asks though the result of %s holds it", (name) => {
    expect(verdictOn(page, { results: [result(page, { name })] })).toBe("ask");
  });

  it("asks though a failure quotes it", () => {
    const quoted = result(`Error: ${page} is no question.`, { isDone: false });
    expect(verdictOn(page, { results: [foreign, quoted] })).toBe("ask");
  });

  it("asks though a tool repeats it from its arguments", () => {
    const repeated = result(`Nothing for "${page}".`, { input: { question: `see ${page}` } });
    expect(verdictOn(page, { results: [repeated] })).toBe("ask");
  });
});

describe("an address that stands in the conversation is read", () => {
  it.each([
    ["a sentence", `Read ${page}.`, page],
    ["brackets", `It is there (${page}).`, page],
    ["quotation marks", `Read “${page}”, please`, page],
    ["Chinese", `请读${page}。谢谢`, page],
    ["a link of Markdown", `[The page](${page}), [other](https://example.org)`, page],
    ["a link of Markdown around an address", `[${page}](${page})`, page],
    ["brackets of its own", "https://example.com/a_(b)", "https://example.com/a_(b)"],
    ["encoded brackets", "[b](https://example.com/a_%28b%29)", "https://example.com/a_(b)"],
    ["HTML", '<a href="https://example.com/?a=1&amp;b=2">', "https://example.com/?a=1&b=2"],
    ["an escaped sign", "https://example.com/a\\_b", "https://example.com/a_b"],
    ["a fragment", `${page}#top`, `${page}#end`],
    ["a last slash", `${page}/`, page],
    ["another case of the host", "https://EXAMPLE.com/page", page],
    ["the other scheme", "http://example.com/page", page],
    ["another alphabet", "https://bücher.example/", "https://xn--bcher-kva.example"],
    ["an umlaut in the path", "https://example.com/K%C3%B6ln", "https://example.com/Köln"],
  ])("with %s", (_, text, address) => {
    expect(verdictOn(address, { results: [result(text)] })).toBe("run");
    expect(verdictOn(address, { results: [foreign], messages: [text] })).toBe("run");
  });

  it("without its scheme, if the person wrote it", () => {
    const messages = ["Read www.example.com/page, please."];
    expect(verdictOn("https://www.example.com/page", { results: [foreign], messages })).toBe("run");
    const [text = ""] = messages;
    expect(verdictOn("https://www.example.com/page", { results: [result(text)] })).toBe("ask");
  });

  it("if the person wrote it and a tool repeats it", () => {
    const repeated = result(`Nothing for "${page}".`, { input: { question: page } });
    expect(verdictOn(page, { results: [repeated], messages: [page] })).toBe("run");
  });

  it("again, for the next part", () => {
    const read = result("Part 1 of 2.", { name: "read_page", input: { url: page } });
    expect(verdictOn(page, { results: [read] })).toBe("run");
    expect(verdictOn(page, { results: [foreign, { ...read, isDone: false }] })).toBe("ask");
  });
});

it("the time for a word grows no faster than the word", () => {
  // With the square of its length, a megabyte would take minutes.
  const text = `https://example.com/${")".repeat(1_000_000)}`;
  const ms = processorMsOf(() => expect(verdictOn(page, { results: [result(text)] })).toBe("ask"));
  expect(ms).toBeLessThan(10_000);
});

it.each([
  ["allow", "run"],
  ["ask", "ask"],
  ["deny", "refused"],
] as const)("the deployment's own rule %s wins", (policy, verdict) => {
  const gate = createGate({
    ...{ tools, telemetry: recordingTelemetry().telemetry },
    policy: [{ tool: "read_*", policy }],
  });
  const call = { id: "t.1.0", name: "read_page", input: { url: page } };
  const conversation = { ...emptyConversation, results: [foreign] };
  expect(gate.plan([call], 0, () => conversation)).toMatchObject([{ verdict }]);
});

it("the gate reads a conversation once, and only for a call with an address", () => {
  const gate = createGate({
    ...{ tools, telemetry: recordingTelemetry().telemetry },
    policy: [],
  });
  let reads = 0;
  const read = () => {
    reads += 1;
    return { ...emptyConversation, results: [foreign] };
  };
  const call = (name: string, input: unknown) => ({ id: "t.1.0", name, input });
  gate.plan([call("unknown", {}), call("add", {})], 0, read);
  expect(reads).toBe(0);
  gate.plan([call("read_page", { url: page }), call("read_page", { url: page })], 0, read);
  expect(reads).toBe(1);
});
