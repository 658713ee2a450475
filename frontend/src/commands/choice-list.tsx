import { useEffect, useRef } from "react";
import { useCommandTexts } from "#frontend/texts/use-command-texts.ts";
import type { Choice } from "./choices.ts";
import { shortcuts } from "./command.ts";
import styles from "./commands.module.css";
import { Keys } from "./keys.tsx";

interface ChoiceListProps {
  id: string;
  label: string;
  choices: readonly Choice[];
  /** The index of the choice that Enter runs. */
  active: number;
  onPick: (choice: Choice) => void;
}

export const choiceId = (listId: string, index: number) => `${listId}-${index}`;

/** The list below a field with the role `combobox`. The focus stays in the field. */
export function ChoiceList({ id, label, choices, active, onPick }: ChoiceListProps) {
  const texts = useCommandTexts();
  const list = useRef<HTMLDivElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the active choice may have moved out of view
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active, choices]);

  return (
    <div className={styles.list} id={id} role="listbox" aria-label={label} ref={list}>
      {choices.map((choice, index) => {
        const isFirst = choice.group !== choices[index - 1]?.group;
        return (
          <div key={choice.key} role="presentation">
            {isFirst && (
              <p className={styles.group} role="presentation">
                {texts[choice.group]}
              </p>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys */}
            {/* biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active choice */}
            <div
              className={styles.choice}
              id={choiceId(id, index)}
              role="option"
              aria-selected={index === active}
              // The field must not lose the focus.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => onPick(choice)}
            >
              <span className={styles.label} dir="auto">
                {choice.label}
              </span>
              {choice.command && shortcuts[choice.command] !== undefined ? (
                <Keys keys={shortcuts[choice.command] ?? ""} />
              ) : (
                <span className={styles.hint} dir="auto">
                  {choice.hint}
                </span>
              )}
            </div>
          </div>
        );
      })}
    </div>
  );
}
