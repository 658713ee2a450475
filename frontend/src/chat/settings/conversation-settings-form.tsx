import { useState } from "react";
import { useFormats } from "#frontend/texts/use-formats.ts";
import { useSettingsTexts } from "#frontend/texts/use-settings-texts.ts";
import button from "#frontend/ui/button.module.css";
import { ChoiceGroup } from "#frontend/ui/choice-group.tsx";
import { NoticeLine } from "#frontend/ui/notice-line.tsx";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { ModelChoice } from "#lib/contract/model-choice.ts";
import { InstructionsField } from "./instructions-field.tsx";
import styles from "./settings-form.module.css";
import { useSave } from "./use-save.ts";

export interface ConversationSettingsParts {
  models: readonly ModelChoice[];
  settings: ConversationSettings;
  /** Throws an `ApiProblem` if the service has not stored the change. */
  onChange: (change: ConversationSettings) => Promise<void>;
  /** The person wants to see the instructions for all conversations. */
  onShowOwnerInstructions: () => void;
  onSessionEnded: () => void;
}

/** What the next answers of one conversation are written with. Each change is stored at once. */
export function ConversationSettingsForm(parts: ConversationSettingsParts) {
  const { models, onShowOwnerInstructions } = parts;
  const texts = useSettingsTexts();
  const [settings, setSettings] = useState(parts.settings);
  const { save, failure } = useSave<ConversationSettings>(async (change) => {
    await parts.onChange(change);
  }, parts.onSessionEnded);
  const offered = models.find(({ id }) => id === settings.model);
  const chosen = offered ?? models[0];
  const change = async (next: ConversationSettings) => {
    const before = settings;
    setSettings({ ...before, ...next });
    if (!(await save(next))) setSettings(before);
  };
  if (chosen === undefined) return null;
  const { efforts } = chosen;
  return (
    <div className={styles.form}>
      {failure !== null && <NoticeLine notice={failure} then="tryAgain" />}
      {settings.model && !offered && (
        <p className={styles.notice} role="status">
          {texts.notOffered(settings.model, chosen.name)}
        </p>
      )}
      <fieldset className={styles.models}>
        <legend>{texts.model}</legend>
        {models.map((model) => (
          <ModelRow
            key={model.id}
            model={model}
            isChosen={model === chosen}
            onChoose={() => void change({ model: model.is_default ? null : model.id })}
          />
        ))}
      </fieldset>
      {efforts.length === 0 ? (
        <p className={styles.aside}>{texts.noEffort(chosen.name)}</p>
      ) : (
        <div className={styles.efforts}>
          <ChoiceGroup
            name="effort"
            legend={texts.effort}
            choices={[
              { value: "default", label: texts.defaultEffort },
              ...efforts.map((value) => ({ value, label: texts.efforts[value] })),
            ]}
            chosen={efforts.find((effort) => effort === settings.effort) ?? "default"}
            onChoose={(value) =>
              void change({ effort: efforts.find((effort) => effort === value) ?? null })
            }
          />
          <p className={styles.aside}>{texts.effortExplained}</p>
        </div>
      )}
      <InstructionsField
        label={texts.forThis}
        first={settings.instructions ?? ""}
        onSave={(text) => save({ instructions: text === "" ? null : text })}
      />
      <p>
        <button className={button.plain} type="button" onClick={onShowOwnerInstructions}>
          {texts.showForAll}
        </button>
      </p>
    </div>
  );
}

function ModelRow({
  model: { id, name, price, context_tokens, is_default },
  isChosen,
  onChoose,
}: {
  model: ModelChoice;
  isChosen: boolean;
  onChoose: () => void;
}) {
  const texts = useSettingsTexts();
  const { dollars } = useFormats();
  const facts = [
    price === null ? texts.free : texts.price(dollars(price.input_usd), dollars(price.output_usd)),
    ...(context_tokens === null ? [] : [texts.context(context_tokens)]),
  ];
  return (
    <label className={styles.model}>
      <input type="radio" name="model" checked={isChosen} onChange={onChoose} />
      <span>
        <span className={styles.name}>{name}</span>
        {is_default && <span className={styles.aside}> {texts.default}</span>}
        <span className={styles.facts}>{facts.join(" · ")}</span>
        {name !== id && <span className={styles.facts}>{id}</span>}
      </span>
    </label>
  );
}
