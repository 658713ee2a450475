import { type RefObject, useEffect, useId, useMemo, useRef, useState } from "react";
import { useCommandTexts } from "#frontend/texts/use-command-texts.ts";
import { ChoiceList, choiceId } from "./choice-list.tsx";
import { type Choice, commandChoices, matching, promptChoices } from "./choices.ts";
import type { Commands } from "./command.ts";
import styles from "./commands.module.css";
import { usePrompts } from "./use-prompts.ts";

export interface SlashMenuProps {
  field: RefObject<HTMLTextAreaElement | null>;
  /** What the person typed after the slash. */
  query: string;
  commands: Commands;
  /** Replaces the text of the field. */
  onInsert: (text: string) => void;
}

/** Commands and the person's own prompts, above a field whose text begins with a slash. */
export function SlashMenu({ field, query, commands, onInsert }: SlashMenuProps) {
  const texts = useCommandTexts();
  const prompts = usePrompts();
  const [active, setActive] = useState(0);
  const [isClosed, setIsClosed] = useState(false);
  const id = useId();
  const found = useMemo(() => {
    const choices = [...promptChoices(prompts, onInsert), ...commandChoices(commands, texts)];
    return matching(choices, query);
  }, [prompts, onInsert, commands, texts, query]);
  const isOpen = !isClosed && found.length > 0;
  const chosen = Math.min(active, found.length - 1);

  const pick = (choice: Choice | undefined) => {
    if (choice === undefined) return;
    onInsert("");
    choice.run();
  };

  useFieldKeys(field, (event) => {
    if (!isOpen) return false;
    if (event.key === "ArrowDown") setActive((chosen + 1) % found.length);
    else if (event.key === "ArrowUp") setActive((chosen - 1 + found.length) % found.length);
    else if (event.key === "Escape") setIsClosed(true);
    else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) pick(found[chosen]);
    else return false;
    return true;
  });
  useActiveLine(
    field,
    isOpen ? { "aria-controls": id, "aria-activedescendant": choiceId(id, chosen) } : null,
  );

  if (!isOpen) return null;
  return (
    <div className={styles.slash}>
      <ChoiceList id={id} label={texts.slash} choices={found} active={chosen} onPick={pick} />
      {prompts.length === 0 && <p className={styles.nothing}>{texts.noPrompts}</p>}
    </div>
  );
}

/** Offers each key of the field to a handler before the field gets it. The handler returns whether it used the key. */
function useFieldKeys(
  field: RefObject<HTMLElement | null>,
  onKey: (event: KeyboardEvent) => boolean,
): void {
  const newest = useRef(onKey);
  newest.current = onKey;

  useEffect(() => {
    const listening = new AbortController();
    field.current?.addEventListener(
      "keydown",
      (event) => {
        if (event.isComposing || !newest.current(event)) return;
        event.preventDefault();
        event.stopPropagation();
      },
      { signal: listening.signal },
    );
    return () => listening.abort();
  }, [field]);
}

/**
 * Says which line is active while the list is open. A field of several lines may not have the role of a combobox.
 */
function useActiveLine(
  field: RefObject<HTMLElement | null>,
  attributes: Record<string, string> | null,
): void {
  const serialised = attributes === null ? null : JSON.stringify(attributes);

  useEffect(() => {
    const element = field.current;
    if (element === null || serialised === null) return;
    const set: Record<string, string> = {
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      ...JSON.parse(serialised),
    };
    for (const [name, value] of Object.entries(set)) element.setAttribute(name, value);
    return () => {
      for (const name of Object.keys(set)) element.removeAttribute(name);
    };
  }, [field, serialised]);
}
