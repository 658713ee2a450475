import { useEffect, useState } from "react";
import { CopiedConversation, SharedConversation, type SharedTurn } from "#lib/contract/share.ts";
import { ApiProblem } from "../api/api-problem.ts";
import { requestJson } from "../api/request.ts";
import { Markdown } from "../chat/markdown/markdown.tsx";
import { useFormats } from "../texts/use-formats.ts";
import { useShareTexts } from "../texts/use-share-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { type Notice, toNotice } from "../ui/notice.ts";
import { NoticeLine } from "../ui/notice-line.tsx";
import styles from "./shared-page.module.css";

/** What a link shows, for everybody who has the link. */
export function SharedPage({
  token,
  signIn,
}: {
  token: string;
  /** Resolves when the person has signed in. */
  signIn: () => Promise<void>;
}) {
  const texts = useShareTexts();
  const { product } = useTexts();
  const { dayAndTime } = useFormats();
  const [shared, setShared] = useState<SharedConversation | null>(null);
  const [isUnknown, setIsUnknown] = useState(false);
  const [isCopying, setIsCopying] = useState(false);
  const [failure, setFailure] = useState<Notice | null>(null);
  const path = `/api/v1/shared/${token}`;

  const fail = (error: unknown) => {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 404 || error.status === 400) setIsUnknown(true);
    else setFailure(toNotice(error));
  };

  /** Loads the newest page, and then the pages before it. */
  const load = async () => {
    setFailure(null);
    try {
      const cursor = shared?.earlier_cursor;
      const query = cursor ? `?before=${cursor}` : "";
      const page = await requestJson(`${path}${query}`, SharedConversation);
      setShared((before) => ({ ...page, turns: [...page.turns, ...(before?.turns ?? [])] }));
    } catch (error) {
      fail(error);
    }
  };

  const copy = async () => {
    if (isCopying) return;
    setIsCopying(true);
    setFailure(null);
    try {
      const copied = await requestJson(`${path}/copy`, CopiedConversation, { method: "POST" });
      location.assign(`/c/${copied.conversation_id}`);
    } catch (error) {
      setIsCopying(false);
      if (error instanceof ApiProblem && error.status === 401) {
        await signIn();
        await copy();
      } else fail(error);
    }
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for the link that has opened the page
  useEffect(() => {
    void load();
  }, []);

  const brand = (
    <p className={`${styles.aside} ${styles.product}`}>
      <img src="/favicon.svg" alt="" width="28" height="28" />
      {product} · {texts.sharedChat}
    </p>
  );
  if (isUnknown) {
    return (
      <main className={styles.page}>
        <header>
          {brand}
          <h1>{texts.sharedChat}</h1>
        </header>
        <p role="alert">{texts.unknown}</p>
        <p>
          <a href="/">{texts.openChat}</a>
        </p>
      </main>
    );
  }
  return (
    <main className={styles.page}>
      <header>
        {brand}
        <h1 dir="auto">{shared?.title ?? texts.sharedChat}</h1>
        {shared && (
          <p className={styles.aside}>{texts.asOf(dayAndTime(new Date(shared.created_at)))}</p>
        )}
      </header>
      {failure !== null && (
        <NoticeLine
          notice={failure}
          then="tryAgain"
          onRetry={shared === null ? () => void load() : undefined}
        />
      )}
      {shared === null && failure === null && <p role="status">{texts.loading}</p>}
      {shared && (
        <>
          {shared.earlier_cursor !== null && (
            <p>
              <button className={button.quiet} type="button" onClick={() => void load()}>
                {texts.earlier}
              </button>
            </p>
          )}
          <ol className={styles.turns} aria-label={texts.sharedChat}>
            {shared.turns.map((turn, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: pages are added before, so the distance from the end stays
              <Turn key={shared.turns.length - index} turn={turn} />
            ))}
          </ol>
          <div className={styles.end}>
            <button
              className={button.primary}
              type="button"
              aria-disabled={isCopying}
              onClick={() => void copy()}
            >
              {isCopying ? texts.continuing : texts.continue}
            </button>
            <p className={styles.aside}>{texts.continueNote}</p>
          </div>
        </>
      )}
    </main>
  );
}

function Turn({ turn: { message, text, tools, sources } }: { turn: SharedTurn }) {
  const texts = useShareTexts();
  const { tools: names } = useTexts();
  return (
    <li>
      <p className={styles.message} dir="auto">
        <span className="spoken">{texts.message}: </span>
        {message}
      </p>
      <span className="spoken">{texts.answer}: </span>
      {tools.map(({ name, state, input, output }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the calls never change
        <details className={styles.tool} key={index}>
          <summary>
            {names.names[name] ?? name} ({names.states[state]})
          </summary>
          <pre>{JSON.stringify(input, null, 2)}</pre>
          <pre>{output}</pre>
        </details>
      ))}
      <Markdown text={text} />
      {sources.length > 0 && (
        <ul className={styles.sources} aria-label={texts.sources}>
          {sources.map(({ index, title, url, quote }) => (
            <li key={index}>
              [{index}]{" "}
              {url === undefined ? (
                title
              ) : (
                <a href={url} rel="noreferrer nofollow" target="_blank">
                  {title}
                </a>
              )}
              : “{quote}”
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
