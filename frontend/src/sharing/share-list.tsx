import { type ReactNode, useRef, useState } from "react";
import { Share, ShareList as ShareListSchema } from "#lib/contract/share.ts";
import { requestJson, requestRemoval } from "../api/request.ts";
import { useFormats } from "../texts/use-formats.ts";
import { useShareTexts } from "../texts/use-share-texts.ts";
import button from "../ui/button.module.css";
import { CheckBox } from "../ui/check-box.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { NoticeLine } from "../ui/notice-line.tsx";
import { useRequests } from "../ui/use-requests.ts";
import styles from "./sharing.module.css";

const path = "/api/v1/shares";
const dayChoices = [1, 7, 30, 90, 365];

/**
 * Returns the links to a conversation, below what makes a new one.
 * @throws ApiProblem, or the reason of `signal`
 */
export async function loadShareList(
  conversationId: string,
  signal: AbortSignal,
  onSessionEnded: () => void,
): Promise<ReactNode> {
  const query = new URLSearchParams({ conversation_id: conversationId });
  const { shares } = await requestJson(`${path}?${query}`, ShareListSchema, { signal });
  return (
    <ShareList first={shares} conversationId={conversationId} onSessionEnded={onSessionEnded} />
  );
}

function ShareList({
  first,
  conversationId,
  onSessionEnded,
}: {
  first: Share[];
  conversationId: string;
  onSessionEnded: () => void;
}) {
  const texts = useShareTexts();
  const [shares, setShares] = useState(first);
  const [days, setDays] = useState(30);
  const [withTools, setWithTools] = useState(false);
  const { failure, isRunning, run } = useRequests(onSessionEnded);
  const heading = useRef<HTMLHeadingElement>(null);

  const create = async () => {
    if (isRunning) return;
    await run(async () => {
      const body = {
        conversation_id: conversationId,
        expires_in_days: days,
        with_tools: withTools,
      };
      const created = await requestJson(path, Share, { method: "POST", body });
      setShares((before) => [created, ...before]);
    });
  };

  const remove = async ({ id }: Share) => {
    if (isRunning) return;
    await run(async () => {
      await requestRemoval(`${path}/${encodeURIComponent(id)}`);
      setShares((before) => before.filter((share) => share.id !== id));
      // The button that had the focus goes with its link.
      heading.current?.focus();
    });
  };

  return (
    <div className={styles.sharing}>
      <p className={styles.aside}>{texts.explanation}</p>
      <label className={styles.option}>
        {texts.days}{" "}
        <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {dayChoices.map((count) => (
            <option key={count} value={count}>
              {texts.dayCount(count)}
            </option>
          ))}
        </select>
      </label>
      <CheckBox checked={withTools} onChange={setWithTools}>
        {texts.withTools}
      </CheckBox>
      <p>
        <button
          className={button.primary}
          type="button"
          aria-disabled={isRunning}
          onClick={() => void create()}
        >
          {isRunning ? texts.creating : texts.create}
        </button>
      </p>
      {failure !== null && <NoticeLine notice={failure} then="tryAgain" />}
      <h3 className={styles.heading} ref={heading} tabIndex={-1}>
        {texts.links(shares.length)}
      </h3>
      {shares.length > 0 && (
        <ul className={styles.list} aria-label={texts.list}>
          {shares.map((share) => (
            <ShareRow key={share.id} share={share} onRemove={() => void remove(share)} />
          ))}
        </ul>
      )}
    </div>
  );
}

function ShareRow({ share, onRemove }: { share: Share; onRemove: () => void }) {
  const texts = useShareTexts();
  const { dayAndTime } = useFormats();
  const link = new URL(share.url, location.origin).href;
  return (
    <li className={styles.share}>
      <a className={styles.link} href={link} target="_blank" rel="noreferrer">
        {link}
      </a>
      <p className={styles.aside}>
        {texts.madeAt(dayAndTime(new Date(share.created_at)))} ·{" "}
        {texts.expiresAt(dayAndTime(new Date(share.expires_at)))}
        {share.with_tools && ` · ${texts.hasTools}`}
      </p>
      <p className={styles.choices}>
        <CopyButton text={link} what="link" />
        <button className={button.plain} type="button" onClick={onRemove}>
          {texts.remove}
        </button>
      </p>
    </li>
  );
}
