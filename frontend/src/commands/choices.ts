import type { CommandTexts } from "#frontend/texts/command-english.ts";
import type { Prompt } from "#lib/contract/settings.ts";
import { type CommandId, type Commands, commandIds } from "./command.ts";

/** A line of the palette or of the slash menu. */
export interface Choice {
  key: string;
  group: "actions" | "prompts" | "chats";
  label: string;
  /** What else the line says: the keys of a command, or how a prompt begins. */
  hint?: string | undefined;
  command?: CommandId;
  run: () => void;
}

export function commandChoices(commands: Commands, { names }: CommandTexts): Choice[] {
  return commandIds.flatMap((command) => {
    const run = commands[command];
    if (!run || command === "palette" || command === "write") return [];
    return [{ key: command, group: "actions", label: names[command], command, run }];
  });
}

export function promptChoices(
  prompts: readonly Prompt[],
  insert: (text: string) => void,
): Choice[] {
  return prompts.map(({ name, text }) => ({
    key: `prompt ${name}`,
    group: "prompts",
    label: name,
    hint: text.slice(0, 80),
    run: () => insert(text),
  }));
}

/**
 * Returns the choices that hold each word of a query, in their order; those whose name begins with the query come first.
 * Ignores case and accents.
 */
export function matching(choices: readonly Choice[], query: string): Choice[] {
  const sought = fold(query).trim();
  const words = sought.split(/\s+/);
  const namesOf = ({ label, command }: Choice) => [fold(label), (command ?? "").toLowerCase()];
  const found = choices.filter((choice) => {
    const names = namesOf(choice).join(" ");
    return words.every((word) => names.includes(word));
  });
  const begins = (choice: Choice) => namesOf(choice).some((name) => name.startsWith(sought));
  return [...found.filter(begins), ...found.filter((choice) => !begins(choice))];
}

const fold = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
