import { useEditTexts } from "#frontend/texts/use-edit-texts.ts";
import button from "#frontend/ui/button.module.css";
import { type IconName, LateIcon } from "#frontend/ui/late-icon.tsx";
import type { ShownTurn } from "../conversation/conversation-state.ts";
import type { TurnActions } from "./turn-actions.ts";
import styles from "./version-marks.module.css";

/** What the text of a message was before, and which version of the message this is. */
export function VersionMarks({
  turn,
  canSwitch,
  onShowBranch,
}: Pick<TurnActions, "onShowBranch"> & { turn: ShownTurn; canSwitch: boolean }) {
  const texts = useEditTexts();
  const { earlierMessages } = turn;
  // The service names the newest versions.
  const versions = turn.versions.includes(turn.id) ? turn.versions : [turn.id, ...turn.versions];
  return (
    <>
      {earlierMessages.length > 0 && (
        <details className={styles.earlier} key={turn.id}>
          <summary>{texts.edited}</summary>
          {earlierMessages.map((text, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an earlier text never changes
            <p key={index} dir="auto">
              {text}
            </p>
          ))}
        </details>
      )}
      {versions.length > 1 && (
        <VersionPager
          versions={versions}
          index={versions.indexOf(turn.id)}
          canSwitch={canSwitch}
          onShow={onShowBranch}
        />
      )}
    </>
  );
}

/** Pages through the versions of a message and its answer. The buttons stay when they do nothing, and keep the focus. */
function VersionPager({
  versions,
  index,
  canSwitch,
  onShow,
}: {
  versions: string[];
  index: number;
  canSwitch: boolean;
  onShow: (turnId: string) => void;
}) {
  const texts = useEditTexts();
  const pageButton = (label: string, icon: IconName, version: string | undefined) => (
    <button
      type="button"
      title={label}
      aria-label={label}
      aria-disabled={version === undefined}
      onClick={() => canSwitch && version !== undefined && onShow(version)}
    >
      <LateIcon name={icon} />
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields
    <div
      className={styles.pager}
      role="group"
      aria-label={texts.version(index + 1, versions.length)}
      data-steady
    >
      {pageButton(texts.previousVersion, "chevronLeft", versions[index - 1])}
      <span aria-hidden="true">
        {index + 1}/{versions.length}
      </span>
      {pageButton(texts.nextVersion, "chevronRight", versions[index + 1])}
    </div>
  );
}

/** Says that a turn of another branch is being answered, or waits for the person. */
export function ElsewhereLine({
  waitsFor,
  canSwitch,
  onShow,
}: {
  /** An answer that is being written, or a person's decision. */
  waitsFor: "answer" | "decision";
  canSwitch: boolean;
  onShow: () => void;
}) {
  const texts = useEditTexts();
  return (
    <p className={styles.elsewhere}>
      <span role="status">{texts.elsewhere[waitsFor]}</span>{" "}
      <button className={button.plain} type="button" onClick={() => canSwitch && onShow()}>
        {texts.showVersion}
      </button>
    </p>
  );
}
