import { useRef } from "react";
import { type Language, languages } from "#frontend/texts/language.ts";
import { useLanguageChoice, useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { ChoiceGroup } from "#frontend/ui/choice-group.tsx";
import { Icon } from "#frontend/ui/icon.tsx";
import { themes } from "#frontend/ui/theme.ts";
import { useTheme } from "#frontend/ui/use-theme.ts";
import styles from "./more-menu.module.css";

export type ExportFormat = "markdown" | "json";

const languageChoices = (Object.keys(languages) as Language[]).map((value) => ({
  value,
  label: languages[value],
  lang: value,
}));

/** Export, theme, language, documents, notes, usage and sign-out. */
export function MoreMenu({
  onExport,
  onShowDocuments,
  onShowNotes,
  onShowUsage,
  onShowDevices,
  onSignOut,
}: {
  /** Null for a new conversation. */
  onExport: ((format: ExportFormat) => void) | null;
  /** Null if the deployment has no documents. */
  onShowDocuments: (() => void) | null;
  onShowNotes: () => void;
  onShowUsage: () => void;
  onShowDevices: () => void;
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
        className={`${button.quiet} ${styles.button}`}
        type="button"
        popoverTarget="more"
        aria-label={header.settings}
        title={header.settings}
      >
        <Icon name="more" />
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
        <div className={styles.choices}>
          <ChoiceGroup
            name="theme"
            legend={texts.theme}
            choices={themes.map((value) => ({ value, label: texts.themes[value] }))}
            chosen={theme}
            onChoose={setTheme}
          />
          <ChoiceGroup
            name="language"
            legend={texts.language}
            choices={languageChoices}
            chosen={language.chosen}
            onChoose={language.choose}
          />
        </div>
        {onShowDocuments !== null && (
          <button className={styles.item} type="button" onClick={choose(onShowDocuments)}>
            {texts.documents}
          </button>
        )}
        <button className={styles.item} type="button" onClick={choose(onShowNotes)}>
          {texts.notes}
        </button>
        <button className={styles.item} type="button" onClick={choose(onShowUsage)}>
          {texts.usage}
        </button>
        <button className={styles.item} type="button" onClick={choose(onShowDevices)}>
          {texts.devices}
        </button>
        <button className={styles.item} type="button" onClick={choose(onSignOut)}>
          {texts.signOut}
        </button>
      </div>
    </>
  );
}
