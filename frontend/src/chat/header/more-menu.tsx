import { Fragment, useRef } from "react";
import type { Commands } from "#frontend/commands/command.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { Icon } from "#frontend/ui/icon.tsx";
import menuStyles from "#frontend/ui/menu.module.css";
import { preloadDialogs } from "../dialogs/late-dialogs.ts";
import styles from "./more-menu.module.css";

const groups = [
  ["share", "exportMarkdown", "exportJson"],
  ["documents", "notes", "usage"],
  ["devices", "settings"],
  ["signOut"],
] as const;

/** What a person can do beside the conversation: the commands of `groups` that can run now. */
export function MoreMenu({ commands }: { commands: Commands }) {
  const { menu: texts, header } = useTexts();
  const menu = useRef<HTMLDivElement>(null);
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
      <div
        className={`${menuStyles.menu} ${styles.menu}`}
        id="more"
        popover="auto"
        ref={menu}
        onToggle={preloadDialogs}
      >
        {groups
          .map((group) => group.filter((id) => commands[id]))
          .filter((group) => group.length > 0)
          .map((group, index) => (
            <Fragment key={group[0]}>
              {index > 0 && <hr />}
              {group.map((id) => (
                <button
                  key={id}
                  className={menuStyles.item}
                  type="button"
                  onClick={() => {
                    // A browser without the popover API always shows the menu.
                    menu.current?.hidePopover?.();
                    commands[id]?.();
                  }}
                >
                  {texts[id]}
                </button>
              ))}
            </Fragment>
          ))}
      </div>
    </>
  );
}
