import { expect, it } from "vitest";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { plainText } from "#local/documentation/plain-text.ts";
import { readDocument } from "#local/documentation/read-document.ts";
import { readAll } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin, logIn } = await openTwin();

/** Lets the model search and then read one page. Returns the events of the call. */
async function readPages(pages: { url: string; part?: number }[]) {
  const client = await logIn();
  twin.parts.bedrock.script.add(
    callTools(pages.map((input) => ({ name: "read_page", input }))),
    answerWith("The page says so [1]."),
  );
  const events = await readAll(await client.stream("Read the page."));
  return {
    sources: events.flatMap((event) => (event.event === "source" ? [event.data] : [])),
    outputs: events.flatMap((event) =>
      event.event === "tool" && event.data.state !== "running" ? [event.data] : [],
    ),
  };
}

/** Where the twin shows this project's documentation: the search's results link to it. */
async function documentationUrl(): Promise<string> {
  const client = await logIn();
  twin.parts.bedrock.script.add(
    callTools([{ name: "web_search", input: { query: "take-over" } }]),
    answerWith("Found."),
  );
  const events = await readAll(await client.stream("Where is the documentation?"));
  const [source] = events.flatMap((event) => (event.event === "source" ? [event.data] : []));
  return new URL(source?.url ?? "").origin;
}

it("a page is read in parts, whole, and is one source", async () => {
  const url = `${await documentationUrl()}/docs/questions`;
  const { outputs: [first] = [] } = await readPages([{ url }]);
  const total = Number(/Part 1 of (\d+)\./.exec(first?.output ?? "")?.[1]);
  expect(total).toBeGreaterThan(1);
  const pages = Array.from({ length: total }, (_, index) => ({ url, part: index + 1 }));
  const { sources, outputs } = await readPages(pages);
  expect(new Set(sources.map(({ index, url: cited }) => `${index} ${cited}`))).toEqual(
    new Set([`1 ${url}`]),
  );
  const read = outputs.map(({ output }) => output).join("\n");
  const { tree } = readDocument("docs/questions.md");
  const words = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const written = new Set(words(tree.children.map(plainText).join(" ")));
  expect(written.size).toBeGreaterThan(200);
  expect([...written].filter((word) => !words(read).includes(word))).toEqual([]);
});

it("the twin reads its own machine only, and says what it refuses", async () => {
  const { outputs, sources } = await readPages([
    { url: "http://169.254.169.254/latest/meta-data/" },
    { url: "http://10.0.0.1:8080/" },
    { url: "file:///etc/passwd" },
  ]);
  expect(sources).toEqual([]);
  expect(outputs.map(({ state }) => state)).toEqual(["failed", "failed", "failed"]);
  expect(outputs.map(({ output }) => output).toSorted()).toEqual([
    "Error: the address must begin with https:// or http://.",
    "Error: the address must not name a port other than 80 and 443.",
    "Error: the host 169.254.169.254 is not one of the public internet, so it is not read.",
  ]);
});
