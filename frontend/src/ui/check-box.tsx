import type { ReactNode } from "react";
import styles from "./check-box.module.css";

/** A box to tick, with its label. */
export function CheckBox({
  checked,
  describedBy,
  onChange,
  children,
}: {
  checked: boolean;
  describedBy?: string;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}) {
  return (
    <label className={styles.line}>
      <input
        type="checkbox"
        checked={checked}
        aria-describedby={describedBy}
        onChange={({ target }) => onChange(target.checked)}
      />
      <span>{children}</span>
    </label>
  );
}
