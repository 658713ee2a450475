import { expect, it } from "vitest";
import { commandEnglish } from "#frontend/texts/command-english.ts";
import { commandChoices, matching, promptChoices } from "./choices.ts";
import { commandOf } from "./command.ts";

const run = () => undefined;
const labels = (query: string) =>
  matching(
    [
      ...commandChoices(
        { newChat: run, exportJson: run, exportMarkdown: run, stop: null },
        commandEnglish,
      ),
      ...promptChoices([{ name: "Übersetze", text: "Translate this:" }], run),
    ],
    query,
  ).map(({ label }) => label);

it("only what the page can do now is offered", () => {
  expect(labels("")).toEqual([
    "New chat",
    "Export chat as Markdown",
    "Export chat as JSON",
    "Übersetze",
  ]);
});

it.each([
  ["json", ["Export chat as JSON"]],
  ["chat exp", ["Export chat as Markdown", "Export chat as JSON"]],
  ["exportjson", ["Export chat as JSON"]],
  ["ubers", ["Übersetze"]],
  ["markdown newchat", []],
])("%s finds words of names and of commands, without accents", (query, expected) => {
  expect(labels(query)).toEqual(expected);
});

it("what begins with the words comes first", () => {
  const choices = promptChoices(
    ["A review", "Review"].map((name) => ({ name, text: name })),
    run,
  );
  expect(matching(choices, "rev").map(({ label }) => label)).toEqual(["Review", "A review"]);
});

it.each([
  [{ key: "k", ctrlKey: true }, "palette"],
  [{ key: "K", ctrlKey: true, shiftKey: true }, undefined],
  [{ key: "O", ctrlKey: true, shiftKey: true }, "newChat"],
  [{ key: "/" }, "write"],
  // On a German keyboard a slash needs Shift.
  [{ key: "/", shiftKey: true }, "write"],
  [{ key: "?", shiftKey: true }, "shortcuts"],
  [{ key: "k", metaKey: true }, undefined],
  [{ key: "k", ctrlKey: true, altKey: true }, undefined],
  [{ key: "k" }, undefined],
] as const)("%o is %s", (event, command) => {
  const keys = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };
  expect(commandOf({ ...keys, ...event } as KeyboardEvent)).toBe(command);
});
