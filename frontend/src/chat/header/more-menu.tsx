import { useRef } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { Icon } from "#frontend/ui/icon.tsx";
import { preloadDialogs } from "./late-dialogs.ts";
import styles from "./more-menu.module.css";

export type ExportFormat = "markdown" | "json";

/** What a person can do beside the conversation. */
export function MoreMenu({
  onExport,
  onShare,
  onShowDocuments,
  onShowNotes,
  onShowUsage,
  onShowDevices,
  onShowSettings,
  onSignOut,
}: {
  /** Null for a new conversation. */
  onExport: ((format: ExportFormat) => void) | null;
  /** Null for a new conversation. */
  onShare: (() => void) | null;
  /** Null if the deployment has no documents. */
  onShowDocuments: (() => void) | null;
  onShowNotes: () => void;
  onShowUsage: () => void;
  onShowDevices: () => void;
  onShowSettings: () => void;
  onSignOut: () => void;
}) {
  const { menu: texts, header } = useTexts();
  const menu = useRef<HTMLDivElement>(null);
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
        aria-label={header.menu}
        title={header.menu}
      >
        <Icon name="more" />
      </button>
      <div className={styles.menu} id="more" popover="auto" ref={menu} onToggle={preloadDialogs}>
        {onShare !== null && (
          <button className={styles.item} type="button" onClick={choose(onShare)}>
            {texts.share}
          </button>
        )}
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
            <hr />
          </>
        )}
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
        <hr />
        <button className={styles.item} type="button" onClick={choose(onShowDevices)}>
          {texts.devices}
        </button>
        <button className={styles.item} type="button" onClick={choose(onShowSettings)}>
          {texts.settings}
        </button>
        <button className={styles.item} type="button" onClick={choose(onSignOut)}>
          {texts.signOut}
        </button>
      </div>
    </>
  );
}
