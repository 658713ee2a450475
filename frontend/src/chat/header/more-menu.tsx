import { useRef } from "react";
import { type Language, languages } from "#frontend/texts/language.ts";
import { useLanguageChoice, useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { themes } from "#frontend/ui/theme.ts";
import { useTheme } from "#frontend/ui/use-theme.ts";
import styles from "./more-menu.module.css";

export type ExportFormat = "markdown" | "json";

/** Export, theme, language, usage and sign-out. */
export function MoreMenu({
  onExport,
  onShowUsage,
  onSignOut,
}: {
  /** Null for a new conversation. */
  onExport: ((format: ExportFormat) => void) | null;
  onShowUsage: () => void;
  onSignOut: () => void;
}) {
  const { menu: texts, header } = useTexts();
  const language = useLanguageChoice();
  const menu = useRef<HTMLDivElement>(null);
  const [theme, setTheme] = useTheme();
  const choose = (action: () => void) => () => {
    // A browser without the popover API always shows the menu.
    menu.current?.hidePopover?.();
    action();
  };
  return (
    <>
      <button
        className={button.quiet}
        type="button"
        popoverTarget="more"
        aria-label={header.settings}
        title={header.settings}
      >
        <span aria-hidden="true">⋯</span>
      </button>
      <div className={styles.menu} id="more" popover="auto" ref={menu}>
        {onExport !== null && (
          <>
            <button
              className={styles.item}
              type="button"
              onClick={choose(() => onExport("markdown"))}
            >
              {texts.exportMarkdown}
            </button>
            <button className={styles.item} type="button" onClick={choose(() => onExport("json"))}>
              {texts.exportJson}
            </button>
          </>
        )}
        <fieldset className={styles.choices}>
          <legend>{texts.theme}</legend>
          {themes.map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="theme"
                checked={theme === name}
                onChange={() => setTheme(name)}
              />
              {texts.themes[name]}
            </label>
          ))}
        </fieldset>
        <fieldset className={styles.choices}>
          <legend>{texts.language}</legend>
          {(Object.keys(languages) as Language[]).map((name) => (
            <label key={name} lang={name}>
              <input
                type="radio"
                name="language"
                checked={language.chosen === name}
                onChange={() => language.choose(name)}
              />
              {languages[name]}
            </label>
          ))}
        </fieldset>
        <button className={styles.item} type="button" onClick={choose(onShowUsage)}>
          {texts.usage}
        </button>
        <button className={styles.item} type="button" onClick={choose(onSignOut)}>
          {texts.signOut}
        </button>
      </div>
    </>
  );
}
