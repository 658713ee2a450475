import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { expect, it } from "vitest";
import { conversationPath, parseConversationPath } from "#frontend/chat/conversation/route.ts";
import { buildPage, pageDirectory } from "#local/builds/page-build.ts";
import { createPageFunction } from "#local/front-door/page-function.ts";

const pageFunction = createPageFunction();
const fileOf = (uri: string) => {
  const answer = pageFunction({ uri, requestId: "request" });
  return "uri" in answer ? answer.uri : undefined;
};

it("CloudFront serves every file of the built page", async () => {
  await buildPage();
  const entries = await readdir(pageDirectory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(
      (entry) =>
        `/${relative(pageDirectory, join(entry.parentPath, entry.name)).split(sep).join("/")}`,
    );

  expect(files).toContain("/index.html");
  expect(files.filter((file) => fileOf(file) !== file)).toEqual([]);
});

const id = "0b9c7a1e-0000-4000-8000-000000000000";

it.each([null, id, id.toUpperCase()])(
  "CloudFront serves the page at the address of %s",
  (conversation) => {
    expect(fileOf(conversationPath(conversation))).toBe("/index.html");
  },
);

it("CloudFront serves the operators' page at its address", () => {
  expect(fileOf("/operator")).toBe("/operator.html");
});

it.each([
  `/c/${id}`,
  `/c/${id.toUpperCase()}`,
  `/c/${id}/`,
  `/c/${id}0`,
  `/C/${id}`,
  "/c/",
  "/c/x",
  `/d/${id}`,
])("the page and CloudFront agree whether %s leads to a conversation", (path) => {
  expect(fileOf(path) !== undefined).toBe(parseConversationPath(path) !== null);
});
