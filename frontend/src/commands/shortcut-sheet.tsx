import { startsLine } from "#frontend/chat/composer/send-key.ts";
import { useCommandTexts } from "#frontend/texts/use-command-texts.ts";
import { LoadedDialog } from "#frontend/ui/loaded-dialog.tsx";
import { commandIds, shortcuts } from "./command.ts";
import styles from "./commands.module.css";
import { Keys } from "./keys.tsx";

/** A dialog with all keys of the page. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const { shortcuts: title } = useCommandTexts();
  return (
    <LoadedDialog
      title={title}
      loading=""
      load={loadKeys}
      onClose={onClose}
      onSessionEnded={onClose}
    />
  );
}

const loadKeys = async () => <AllKeys />;

function AllKeys() {
  const { names, more } = useCommandTexts();
  const [send, newLine] = startsLine(false) ? ["Mod+Enter", "Enter"] : ["Enter", "Shift+Enter"];
  const rows: [text: string, keys: string][] = [
    ...commandIds.flatMap((id): [string, string][] => {
      const keys = shortcuts[id];
      return keys === undefined ? [] : [[names[id], keys]];
    }),
    [more.send, send],
    [more.newLine, newLine],
    [more.escape, "Escape"],
    [more.up, "↑"],
    [more.slash, "/"],
    [more.list, "↑+↓"],
    [more.rename, "F2"],
    [more.remove, "Delete"],
  ];
  return (
    <dl className={styles.sheet}>
      {rows.map(([text, keys]) => (
        <div key={text}>
          <dt>{text}</dt>
          <dd>
            <Keys keys={keys} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
