import { type ReactNode, useState } from "react";
import type { Document, DocumentPart, DocumentWithParts } from "#lib/contract/document.ts";
import { ApiProblem } from "../api/api-problem.ts";
import { useDocumentTexts } from "../texts/use-document-texts.ts";
import { useFormats } from "../texts/use-formats.ts";
import button from "../ui/button.module.css";
import { ChoiceGroup } from "../ui/choice-group.tsx";
import { LatePart } from "../ui/late-part.tsx";
import { type Notice, toNotice } from "../ui/notice.ts";
import { NoticeLine } from "../ui/notice-line.tsx";
import type { DocumentPlace } from "./document-address.ts";
import { getDocument } from "./document-requests.ts";
import { DocumentSentence } from "./document-sentence.tsx";
import { DocumentText, type Range } from "./document-text.tsx";
import styles from "./document-view.module.css";
import { LatePdfPages } from "./late-pdf-pages.ts";
import { useDocumentWords } from "./use-document-words.ts";

/** The address of a file works for five minutes. */
const freshMs = 4 * 60_000;

/**
 * Returns the view of a document at a place.
 * @throws ApiProblem, or the reason of `signal`
 */
export async function loadDocumentView(
  place: DocumentPlace,
  signal: AbortSignal,
  onSessionEnded: () => void,
): Promise<ReactNode> {
  try {
    const first = await loadPlace(place, signal);
    return <DocumentView first={first} place={place} onSessionEnded={onSessionEnded} />;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return <Gone />;
    throw error;
  }
}

/** A link to a part has no offset, so that the page with the part is found from the beginning. */
async function loadPlace(
  { documentId, versionId, start, part }: DocumentPlace,
  signal?: AbortSignal,
): Promise<DocumentWithParts> {
  let page = await getDocument(documentId, { versionId, around: start }, signal);
  if (start !== undefined || part === undefined) return page;
  while (page.next_cursor !== null && (page.parts.at(-1)?.number ?? part) < part) {
    page = await getDocument(documentId, { versionId, cursor: page.next_cursor }, signal);
  }
  return page;
}

function Gone() {
  const { view: texts } = useDocumentTexts();
  return <p>{texts.gone}</p>;
}

type Form = "text" | "original";

/** A document: its text or its original pages, with the quoted words marked. */
function DocumentView({
  first,
  place,
  onSessionEnded,
}: {
  first: DocumentWithParts;
  place: DocumentPlace;
  onSessionEnded: () => void;
}) {
  const { view: texts } = useDocumentTexts();
  const words = useDocumentWords();
  const [shown, setShown] = useState({ ...first, loadedAt: Date.now() });
  const [versionId, setVersionId] = useState(place.versionId ?? first.document.version_id);
  const [form, setForm] = useState<Form>("text");
  const [failure, setFailure] = useState<Notice | null>(null);
  const { document, versions, parts } = shown;
  const isFirstVersion = versionId === (place.versionId ?? first.document.version_id);
  const range = isFirstVersion ? rangeOf(place) : null;
  const quotedPart = range === null ? undefined : partAt(parts, range.start);
  const version = versions.find((each) => each.version_id === versionId);
  const isPdf = document.format === "pdf" && shown.file_url !== null;

  const request = async (load: () => Promise<DocumentWithParts>) => {
    setFailure(null);
    try {
      return await load();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) onSessionEnded();
      else setFailure(toNotice(error));
      return null;
    }
  };

  const loadMore = async (cursor: string, isEarlier: boolean) => {
    const page = await request(() => getDocument(document.id, { versionId, cursor }));
    if (page === null) return;
    setShown((before) => ({
      ...before,
      parts: isEarlier ? [...page.parts, ...before.parts] : [...before.parts, ...page.parts],
      next_cursor: isEarlier ? before.next_cursor : page.next_cursor,
      previous_cursor: isEarlier ? page.previous_cursor : before.previous_cursor,
    }));
  };

  const showVersion = async (next: string) => {
    const page = await request(() => getDocument(document.id, { versionId: next }));
    if (page === null) return;
    setVersionId(next);
    setShown({ ...page, loadedAt: Date.now() });
  };

  const freshUrl = async (): Promise<string | null> => {
    if (Date.now() - shown.loadedAt < freshMs) return shown.file_url;
    const page = await request(() => getDocument(document.id, { versionId }));
    if (page === null) return null;
    setShown((before) => ({ ...before, file_url: page.file_url, loadedAt: Date.now() }));
    return page.file_url;
  };

  return (
    <div className={styles.view}>
      <Head
        shown={shown}
        versionId={versionId}
        onVersion={(next) => void showVersion(next)}
        onDownload={async () => openFile(await freshUrl())}
      />
      {failure !== null && <NoticeLine notice={words.notice(failure)} then="tryAgain" />}
      {isOlder(document) && <p className={styles.aside}>{texts.olderVersion}</p>}
      <Notes notes={document.notes} />
      {isPdf && (
        <ChoiceGroup
          name="document-form"
          legend={texts.form}
          choices={(["text", "original"] as const).map((value) => ({
            value,
            label: texts.forms[value],
          }))}
          chosen={form}
          onChoose={setForm}
        />
      )}
      {isPdf && form === "original" ? (
        <LatePart what="the pages of a PDF" loading={texts.loading} failed={texts.originalFailed}>
          <LatePdfPages
            key={versionId}
            getUrl={freshUrl}
            firstPage={quotedPart?.number ?? place.part}
            quotation={quotedPart && range ? wordsOf(quotedPart, range) : undefined}
          />
        </LatePart>
      ) : (
        <>
          {shown.previous_cursor !== null && (
            <MoreButton
              text={texts.earlier}
              onPress={() => void loadMore(shown.previous_cursor ?? "", true)}
            />
          )}
          {parts.length === 0 && <NotReady state={version?.state ?? document.state} />}
          <DocumentText
            parts={parts}
            range={range}
            firstPart={isFirstVersion ? place.part : undefined}
          />
          {shown.next_cursor !== null && (
            <MoreButton
              text={texts.later}
              onPress={() => void loadMore(shown.next_cursor ?? "", false)}
            />
          )}
        </>
      )}
    </div>
  );
}

function Head({
  shown: { document, versions, file_url },
  versionId,
  onVersion,
  onDownload,
}: {
  shown: DocumentWithParts;
  versionId: string;
  onVersion: (versionId: string) => void;
  onDownload: () => Promise<void>;
}) {
  const { view: texts } = useDocumentTexts();
  const words = useDocumentWords();
  const formats = useFormats();
  const { name, title } = document;
  const pages = words.pages(document);
  return (
    <div className={styles.head}>
      <h3 className={styles.name} dir="auto">
        {title ?? name}
      </h3>
      <div className={styles.facts}>
        {title !== null && title !== name && <span dir="auto">{name}</span>}
        <span>{words.size(document.bytes)}</span>
        {pages !== null && <span>{pages}</span>}
        {versions.length > 1 && (
          <label className={styles.version}>
            {texts.version}
            <select value={versionId} onChange={(event) => onVersion(event.target.value)}>
              {versions.map((each) => (
                <option key={each.version_id} value={each.version_id}>
                  {texts.versionOf(each.version, formats.dayAndTime(new Date(each.created_at)))}
                </option>
              ))}
            </select>
          </label>
        )}
        {file_url !== null && (
          <button className={button.plain} type="button" onClick={() => void onDownload()}>
            {texts.download}
          </button>
        )}
      </div>
    </div>
  );
}

function Notes({ notes }: { notes: string[] }) {
  const { view: texts } = useDocumentTexts();
  if (notes.length === 0) return null;
  return (
    <ul className={styles.notes} aria-label={texts.notes}>
      {notes.map((note) => (
        <li key={note} dir="auto">
          <DocumentSentence sentence={note} />
        </li>
      ))}
    </ul>
  );
}

function NotReady({ state }: { state: DocumentWithParts["document"]["state"] }) {
  const { view: texts } = useDocumentTexts();
  return (
    <p className={styles.aside}>{state === "ready" ? texts.emptyPart : texts.notReady[state]}</p>
  );
}

function MoreButton({ text, onPress }: { text: string; onPress: () => void }) {
  return (
    <button className={button.quiet} type="button" onClick={onPress}>
      {text}
    </button>
  );
}

const isOlder = ({ version_id, searched_version_id }: Document) =>
  searched_version_id !== null && version_id !== searched_version_id;

const partAt = (parts: DocumentPart[], offset: number) =>
  parts.findLast(({ start }) => start <= offset);

const wordsOf = ({ start, text }: DocumentPart, range: Range) =>
  text.slice(range.start - start, range.end - start);

function rangeOf({ start, end }: DocumentPlace): Range | null {
  return start === undefined || end === undefined || end <= start ? null : { start, end };
}

/** S3 sends the file as an attachment, so that the page stays. */
function openFile(url: string | null): void {
  if (url === null) return;
  const link = document.createElement("a");
  link.href = url;
  link.rel = "noopener noreferrer";
  link.click();
}
