import { useTexts } from "../texts/use-texts.tsx";
import button from "./button.module.css";
import styles from "./undo-line.module.css";

/** Says what was deleted, with the button that brings it back. */
export function UndoLine({
  text,
  hasFocus = false,
  onUndo,
}: {
  text: string;
  /** The button that the person pressed has gone with what it deleted, and no neighbour takes the focus. */
  hasFocus?: boolean;
  onUndo: () => void;
}) {
  const { list } = useTexts();
  return (
    <p className={styles.line} role="status">
      <span>{text}</span>
      {/* biome-ignore lint/a11y/noAutofocus: see `hasFocus` */}
      <button className={button.plain} type="button" autoFocus={hasFocus} onClick={onUndo}>
        {list.undo}
      </button>
    </p>
  );
}
