import { useRef } from "react";
import button from "../ui/button.module.css";
import { type Theme, themes, useTheme } from "../ui/theme.ts";
import styles from "./more-menu.module.css";

export type ExportFormat = "markdown" | "json";

const themeNames: Record<Theme, string> = { system: "System", light: "Light", dark: "Dark" };

/** What is needed now and then: the conversation as a file, the colours, the way out. */
export function MoreMenu({
  onExport,
  onSignOut,
}: {
  /** Null while there is nothing to export. */
  onExport: ((format: ExportFormat) => void) | null;
  onSignOut: () => void;
}) {
  const menu = useRef<HTMLDivElement>(null);
  const [theme, setTheme] = useTheme();
  const choose = (act: () => void) => () => {
    menu.current?.hidePopover();
    act();
  };
  return (
    <>
      <button className={button.quiet} type="button" popoverTarget="more">
        More
      </button>
      <div className={styles.menu} id="more" popover="auto" ref={menu}>
        {onExport !== null && (
          <>
            <button
              className={styles.item}
              type="button"
              onClick={choose(() => onExport("markdown"))}
            >
              Save as Markdown
            </button>
            <button className={styles.item} type="button" onClick={choose(() => onExport("json"))}>
              Save as JSON
            </button>
          </>
        )}
        <fieldset className={styles.themes}>
          <legend>Colours</legend>
          {themes.map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="theme"
                checked={theme === name}
                onChange={() => setTheme(name)}
              />
              {themeNames[name]}
            </label>
          ))}
        </fieldset>
        <button className={styles.item} type="button" onClick={choose(onSignOut)}>
          Sign out
        </button>
      </div>
    </>
  );
}
