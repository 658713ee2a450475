import { type IconName, LateIcon } from "#frontend/ui/late-icon.tsx";
import styles from "./reading-tools.module.css";

/** A button that shows only an icon. */
export function ToolButton({
  icon,
  label,
  isPressed,
  onPress,
}: {
  icon: IconName;
  label: string;
  /** Set on a button that stays pressed. */
  isPressed?: boolean;
  onPress: () => void;
}) {
  return (
    <button
      className={styles.tool}
      type="button"
      aria-pressed={isPressed}
      aria-label={label}
      title={label}
      onClick={onPress}
    >
      <LateIcon name={icon} />
    </button>
  );
}
