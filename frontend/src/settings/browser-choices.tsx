import { useState } from "react";
import { type SendKey, sendKey } from "#frontend/chat/composer/send-key.ts";
import { type Language, languages } from "../texts/language.ts";
import { usePageSettingsTexts } from "../texts/use-page-settings-texts.ts";
import { useLanguageChoice } from "../texts/use-texts.tsx";
import { ChoiceGroup } from "../ui/choice-group.tsx";
import { themes } from "../ui/theme.ts";
import { useTheme } from "../ui/use-theme.ts";
import styles from "./page-settings.module.css";

const languageChoices = (Object.keys(languages) as Language[]).map((value) => ({
  value,
  label: languages[value],
  lang: value,
}));
const sendKeys: SendKey[] = ["enter", "modified"];

/** What this browser keeps: theme, language, and the key that sends. */
export function BrowserChoices() {
  const texts = usePageSettingsTexts();
  const language = useLanguageChoice();
  const [theme, setTheme] = useTheme();
  const [key, setKey] = useState(sendKey.read);
  return (
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
      <ChoiceGroup
        name="send-key"
        legend={texts.sendKey}
        choices={sendKeys.map((value) => ({ value, label: texts.sendKeys[value] }))}
        chosen={key}
        onChoose={(next) => {
          sendKey.write(next);
          setKey(next);
        }}
      />
      <p className={styles.aside}>{texts.sendKeyExplained}</p>
    </div>
  );
}
