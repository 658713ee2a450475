import { useTexts } from "#frontend/texts/use-texts.tsx";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { ModelChoice } from "#lib/contract/model-choice.ts";
import { preloadDialogs } from "../dialogs/late-dialogs.ts";
import { demoModel } from "../header/demo-badge.tsx";
import styles from "./model-button.module.css";

/** Names the model of the next answer, and what else the person has chosen for the conversation. */
export function ModelButton({
  models,
  settings: { model, effort, instructions },
  isDisabled,
  onPress,
}: {
  models: readonly ModelChoice[];
  settings: ConversationSettings;
  isDisabled: boolean;
  onPress: () => void;
}) {
  const { modelButton: texts, header } = useTexts();
  // The default answers instead of a model that is no longer offered.
  const chosen = models.find(({ id }) => id === model) ?? models[0];
  if (chosen === undefined) return null;
  const parts = [
    chosen.id === demoModel ? header.demoModel : chosen.name,
    effort && chosen.efforts.includes(effort) && texts.efforts[effort],
    instructions && texts.instructions,
  ];
  return (
    <button
      className={styles.button}
      type="button"
      title={texts.title}
      aria-haspopup="dialog"
      disabled={isDisabled}
      // The dialog then opens without a wait.
      onPointerEnter={preloadDialogs}
      onFocus={preloadDialogs}
      onClick={onPress}
    >
      <span className="spoken">{texts.title}: </span>
      {parts.filter(Boolean).join(" · ")} <span aria-hidden="true">▾</span>
    </button>
  );
}
