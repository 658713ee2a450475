import type { Document, DocumentLimits } from "#lib/contract/document.ts";
import { useDocumentTexts } from "../texts/use-document-texts.ts";
import button from "../ui/button.module.css";
import { ChoiceGroup } from "../ui/choice-group.tsx";
import { FileButton } from "../ui/file-button.tsx";
import styles from "./document-list.module.css";
import { useDocumentWords } from "./use-document-words.ts";

/** Who can use a new document: a scope of the wire, or the turns of the open conversation. */
export type ChosenScope = Document["scope"] | "conversation";

/** The button that adds files, with what may be added and how much room is left. */
export function AddDocuments({
  limits,
  scope,
  onScope,
  hasConversation,
  onFiles,
}: {
  /** Null until the service has sent them. */
  limits: DocumentLimits | null;
  scope: ChosenScope;
  onScope: (scope: ChosenScope) => void;
  hasConversation: boolean;
  onFiles: (files: File[]) => void;
}) {
  const { add: texts } = useDocumentTexts();
  const words = useDocumentWords();
  const scopes = (["own", "site", "conversation"] as const)
    .filter((value) => value !== "conversation" || hasConversation)
    .map((value) => ({ value, label: texts.scopes[value] }));
  const quota = scope === "site" ? "site" : "own";
  return (
    <div className={styles.add}>
      <p className={styles.choose}>
        <FileButton
          className={button.primary}
          {...(limits !== null && { accept: limits.formats.join() })}
          isMultiple
          onFiles={onFiles}
        >
          {texts.add}
        </FileButton>
        <span className={styles.aside}>{texts.drop}</span>
      </p>
      <ChoiceGroup
        name="document-scope"
        legend={texts.who}
        choices={scopes}
        chosen={scope}
        onChoose={onScope}
      />
      {limits !== null && (
        <div className={styles.limits}>
          <p>{texts.limits(describeFormats(limits.formats), words.size(limits.file_bytes))}</p>
          <p>
            {texts.quotas[quota]}
            {": "}
            {texts.quota(
              words.size(limits[quota].bytes_used),
              words.size(limits[quota].bytes),
              limits[quota].count_used,
              limits[quota].count,
            )}
          </p>
        </div>
      )}
    </div>
  );
}

/** Other endings of the same formats would only make the list longer. */
const lesserEndings = [".text", ".log", ".markdown", ".htm", ".tsv"];

const describeFormats = (formats: string[]) =>
  formats
    .filter((ending) => !lesserEndings.includes(ending))
    .map((ending) => ending.replace(".", "").toUpperCase())
    .join(", ");
