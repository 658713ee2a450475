import { useSettingsTexts } from "#frontend/texts/use-settings-texts.ts";
import { NoticeLine } from "#frontend/ui/notice-line.tsx";
import { InstructionsField } from "./instructions-field.tsx";
import { updateOwnerSettings } from "./owner-settings.ts";
import styles from "./settings-form.module.css";
import { useSave } from "./use-save.ts";

/** What the model is told in each conversation of the person. */
export function OwnerInstructionsForm({
  first,
  onSessionEnded,
}: {
  first: string;
  onSessionEnded: () => void;
}) {
  const texts = useSettingsTexts();
  const { save, failure } = useSave(async (instructions: string) => {
    await updateOwnerSettings({ instructions });
  }, onSessionEnded);
  return (
    <div className={styles.form}>
      {failure !== null && <NoticeLine notice={failure} then="tryAgain" />}
      <InstructionsField label={texts.forAll} first={first} onSave={save} />
      <p className={styles.aside}>{texts.forAllExplained}</p>
    </div>
  );
}
