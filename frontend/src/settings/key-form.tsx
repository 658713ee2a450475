import { useId, useState } from "react";
import { type ApiKeyCreate, Scope } from "#lib/contract/api-key.ts";
import { useProgramTexts } from "../texts/use-program-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { CheckBox } from "../ui/check-box.tsx";
import styles from "./page-settings.module.css";
import { type KeyDraft, type KeyFault, readNewKey } from "./read-new-key.ts";

/** What a new key is called, may do and may spend. */
export function KeyForm({
  onMake,
  onCancel,
}: {
  onMake: (key: ApiKeyCreate) => Promise<void>;
  onCancel: () => void;
}) {
  const { cancel } = useTexts();
  const { form: texts, scopes: scopeTexts, faults } = useProgramTexts();
  const [draft, setDraft] = useState<KeyDraft>({ name: "", scopes: ["chat"], budget: "" });
  const [fault, setFault] = useState<KeyFault | null>(null);
  const [isMaking, setIsMaking] = useState(false);
  const id = useId();
  const [scopesId, faultId, budgetId] = [`${id}-scopes`, `${id}-fault`, `${id}-budget`];

  const submit = async () => {
    const read = readNewKey(draft);
    setFault(typeof read === "string" ? read : null);
    if (typeof read === "string" || isMaking) return;
    setIsMaking(true);
    await onMake(read);
    setIsMaking(false);
  };
  const choose = (scope: Scope, isChosen: boolean) =>
    setDraft({
      ...draft,
      scopes: Scope.options.filter((each) =>
        each === scope ? isChosen : draft.scopes.includes(each),
      ),
    });
  const faultOf = (field: KeyFault) => (fault === field ? faultId : undefined);

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label>
        {texts.name}
        <input
          className={styles.field}
          // biome-ignore lint/a11y/noAutofocus: replaces the button that the person pressed
          autoFocus
          autoComplete="off"
          dir="auto"
          maxLength={80}
          value={draft.name}
          aria-invalid={fault === "name" || undefined}
          aria-describedby={faultOf("name")}
          onChange={({ target }) => setDraft({ ...draft, name: target.value })}
        />
      </label>
      {/* Not a fieldset: WebKit draws lines through its legend. */}
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div role="group" aria-labelledby={scopesId} aria-describedby={faultOf("scopes")}>
        <span id={scopesId} className={styles.legend}>
          {texts.scopes}
        </span>
        {Scope.options.map((scope) => (
          <CheckBox
            key={scope}
            checked={draft.scopes.includes(scope)}
            onChange={(isChosen) => choose(scope, isChosen)}
          >
            {scopeTexts[scope]}
          </CheckBox>
        ))}
      </div>
      <label>
        {texts.budget}
        <input
          className={styles.field}
          autoComplete="off"
          inputMode="decimal"
          maxLength={12}
          value={draft.budget}
          aria-invalid={fault === "daily_budget_usd" || undefined}
          aria-describedby={`${budgetId} ${faultOf("daily_budget_usd") ?? ""}`}
          onChange={({ target }) => setDraft({ ...draft, budget: target.value })}
        />
      </label>
      <p id={budgetId} className={styles.aside}>
        {texts.budgetExplained}
      </p>
      <p id={faultId} className={styles.fault} role="alert">
        {fault !== null && faults[fault]}
      </p>
      <span className={styles.buttons}>
        <button className={button.primary} type="submit" aria-disabled={isMaking || undefined}>
          {isMaking ? texts.making : texts.make}
        </button>
        <button className={button.quiet} type="button" onClick={onCancel}>
          {cancel}
        </button>
      </span>
    </form>
  );
}
