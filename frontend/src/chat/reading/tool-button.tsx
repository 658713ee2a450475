import type { ComponentProps } from "react";
import { type IconName, LateIcon } from "#frontend/ui/late-icon.tsx";
import styles from "./reading-tools.module.css";

interface ToolButtonProps extends ComponentProps<"button"> {
  icon: IconName;
  label: string;
}

/** A button that shows only an icon. */
export function ToolButton({ icon, label, ...button }: ToolButtonProps) {
  return (
    <button className={styles.tool} type="button" aria-label={label} title={label} {...button}>
      <LateIcon name={icon} />
    </button>
  );
}
