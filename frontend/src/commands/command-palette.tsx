import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { useCommandTexts } from "#frontend/texts/use-command-texts.ts";
import { isComposing } from "#frontend/ui/is-composing.ts";
import { ChoiceList, choiceId } from "./choice-list.tsx";
import { type Choice, commandChoices, matching, promptChoices } from "./choices.ts";
import type { Commands } from "./command.ts";
import styles from "./commands.module.css";
import { usePrompts } from "./use-prompts.ts";

export interface CommandPaletteProps {
  commands: Commands;
  /** The conversations that the list has loaded, newest first. */
  chats: readonly { id: string; title: string }[];
  onOpenChat: (id: string) => void;
  onInsert: (text: string) => void;
  onClose: () => void;
}

/** A dialog in which a person finds commands, prompts and conversations by typing. */
export function CommandPalette(props: CommandPaletteProps) {
  const { commands, chats, onOpenChat, onInsert, onClose } = props;
  const texts = useCommandTexts();
  const prompts = usePrompts();
  const dialog = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const choices = useMemo(
    () => [
      ...commandChoices(commands, texts),
      ...promptChoices(prompts, onInsert),
      ...chats.map(
        (chat): Choice => ({
          key: chat.id,
          group: "chats",
          label: chat.title,
          run: () => onOpenChat(chat.id),
        }),
      ),
    ],
    [commands, texts, prompts, chats, onInsert, onOpenChat],
  );
  const found = useMemo(() => grouped(matching(choices, query)), [choices, query]);

  useEffect(() => dialog.current?.showModal(), []);

  const pick = (choice: Choice | undefined) => {
    if (choice === undefined) return;
    // The dialog gives the focus back first, so that the command can move it.
    dialog.current?.close();
    choice.run();
  };

  const onKey = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: found.length - 1,
    };
    const target = moves[event.key];
    if (target !== undefined && found.length > 0) setActive((target + found.length) % found.length);
    else if (event.key === "Enter") pick(found[active]);
    else return;
    event.preventDefault();
  };

  return (
    <dialog className={styles.palette} ref={dialog} aria-label={texts.palette} onClose={onClose}>
      <input
        className={styles.query}
        type="text"
        role="combobox"
        aria-label={texts.find}
        aria-expanded={found.length > 0}
        aria-controls={id}
        aria-activedescendant={found.length > 0 ? choiceId(id, active) : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        placeholder={texts.find}
        value={query}
        onChange={({ target }) => {
          setQuery(target.value);
          setActive(0);
        }}
        onKeyDown={onKey}
      />
      <ChoiceList id={id} label={texts.palette} choices={found} active={active} onPick={pick} />
      <p className={found.length > 0 ? "spoken" : styles.nothing} role="status">
        {found.length > 0 ? texts.found(found.length) : texts.nothing}
      </p>
    </dialog>
  );
}

const groups = ["actions", "prompts", "chats"] as const;

/** Keeps the choices of a group together, with the best of each group first. */
const grouped = (choices: readonly Choice[]) =>
  groups.flatMap((group) => choices.filter((choice) => choice.group === group).slice(0, 20));
