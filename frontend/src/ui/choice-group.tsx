import { useId } from "react";
import styles from "./choice-group.module.css";

export interface Choice<Value> {
  value: Value;
  label: string;
  /** The language of the label, if it is not the page's. */
  lang?: string;
}

/** Radio buttons of which one is chosen. `name` is unique on the page. */
export function ChoiceGroup<Value extends string | number>({
  name,
  legend,
  isLegendHidden = false,
  choices,
  chosen,
  onChoose,
}: {
  name: string;
  legend: string;
  isLegendHidden?: boolean;
  choices: readonly Choice<Value>[];
  chosen: Value;
  onChoose: (value: Value) => void;
}) {
  const id = useId();
  return (
    // Not a fieldset: WebKit draws lines through its legend.
    <div className={styles.group} role="radiogroup" aria-labelledby={id}>
      <span id={id} className={isLegendHidden ? "spoken" : undefined}>
        {legend}
      </span>
      {choices.map(({ value, label, lang }) => (
        <label key={value} lang={lang}>
          <input
            type="radio"
            name={name}
            checked={chosen === value}
            onChange={() => onChoose(value)}
          />
          {label}
        </label>
      ))}
    </div>
  );
}
