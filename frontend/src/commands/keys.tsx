import { useCommandTexts } from "#frontend/texts/use-command-texts.ts";
import { isApple } from "./command.ts";
import styles from "./commands.module.css";

const appleSigns: Record<string, string> = { Mod: "⌘", Shift: "⇧", Alt: "⌥" };

/** Keys that are pressed together, such as `Mod+Shift+O`. */
export function Keys({ keys }: { keys: string }) {
  const { keys: names } = useCommandTexts();
  const nameOf = (key: string) =>
    (isApple() ? appleSigns[key] : undefined) ?? names[key as keyof typeof names] ?? key;
  return (
    <span className={styles.keys}>
      {keys.split("+").map((key) => (
        <kbd key={key}>{nameOf(key)}</kbd>
      ))}
    </span>
  );
}
