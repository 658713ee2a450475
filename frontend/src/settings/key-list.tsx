import { type ReactNode, useEffect, useRef, useState } from "react";
import {
  type ApiKey,
  type ApiKeyCreate,
  ApiKeyCreated,
  ApiKeyList,
  maxApiKeys,
} from "#lib/contract/api-key.ts";
import { requestJson, requestRemoval } from "../api/request.ts";
import { useFormats } from "../texts/use-formats.ts";
import { useProgramTexts } from "../texts/use-program-texts.ts";
import button from "../ui/button.module.css";
import { ConfirmedButton } from "../ui/confirmed-button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { NoticeLine } from "../ui/notice-line.tsx";
import { useRequests } from "../ui/use-requests.ts";
import { KeyForm } from "./key-form.tsx";
import styles from "./page-settings.module.css";
import { ProgramAddresses } from "./program-addresses.tsx";
import { useDollars } from "./use-dollars.ts";

const path = "/api/v1/keys";

/** Returns how the key begins, so that a person finds it in a program's configuration. */
const publicPart = (id: string) => `eaa_${id}_…`;

/**
 * Returns the keys of the person's programs.
 * @throws ApiProblem, or the reason of `signal`
 */
export async function loadKeyList(
  signal: AbortSignal,
  onSessionEnded: () => void,
): Promise<ReactNode> {
  const { keys } = await requestJson(path, ApiKeyList, { signal });
  return <KeyList first={keys} onSessionEnded={onSessionEnded} />;
}

function KeyList({
  first,
  onSessionEnded,
}: {
  first: readonly ApiKey[];
  onSessionEnded: () => void;
}) {
  const texts = useProgramTexts();
  const [keys, setKeys] = useState(first);
  const [isAdding, setIsAdding] = useState(false);
  const [made, setMade] = useState<ApiKeyCreated | null>(null);
  const [status, setStatus] = useState("");
  const addButton = useRef<HTMLButtonElement>(null);
  const mayTakeFocus = useRef(false);
  const { run, failure } = useRequests(onSessionEnded);
  const isIdle = !isAdding && made === null;

  // The button that had the focus has left the page.
  useEffect(() => {
    if (mayTakeFocus.current && isIdle) addButton.current?.focus();
    mayTakeFocus.current = !isIdle;
  }, [isIdle]);

  const make = async (body: ApiKeyCreate) => {
    setStatus("");
    await run(async () => {
      const created = await requestJson(path, ApiKeyCreated, { method: "POST", body });
      setKeys((before) => [created, ...before]);
      setMade(created);
      setIsAdding(false);
    });
  };
  const revoke = async ({ id, name }: ApiKey) => {
    const isRevoked = await run(() => requestRemoval(`${path}/${encodeURIComponent(id)}`));
    if (!isRevoked) return;
    setKeys((before) => before.filter((key) => key.id !== id));
    if (made?.id === id) setMade(null);
    setStatus(texts.revoked(name));
    addButton.current?.focus();
  };

  return (
    <>
      <p className={styles.aside}>{texts.explanation}</p>
      {failure !== null && <NoticeLine notice={failure} then="tryAgain" />}
      {keys.length === 0 && !isAdding && <p className={styles.aside}>{texts.none}</p>}
      <ul className={styles.list} aria-label={texts.list}>
        {keys.map((key) => (
          <KeyRow key={key.id} shown={key} onRevoke={() => void revoke(key)} />
        ))}
      </ul>
      {made !== null && <NewKey made={made} onDone={() => setMade(null)} />}
      {isAdding && (
        <div className={styles.row}>
          <KeyForm onMake={make} onCancel={() => setIsAdding(false)} />
        </div>
      )}
      {isIdle && (
        <p>
          <button
            ref={addButton}
            className={button.quiet}
            type="button"
            disabled={keys.length >= maxApiKeys}
            onClick={() => setIsAdding(true)}
          >
            {texts.add}
          </button>
        </p>
      )}
      {keys.length >= maxApiKeys && <p className={styles.aside}>{texts.full(maxApiKeys)}</p>}
      <p className={styles.aside} role="status">
        {status}
      </p>
      <ProgramAddresses />
    </>
  );
}

/** A key that was just made. Nothing shows it again. */
function NewKey({ made: { key, name }, onDone }: { made: ApiKeyCreated; onDone: () => void }) {
  const texts = useProgramTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className={styles.row}>
      <div className={styles.form}>
        <h4 ref={heading} tabIndex={-1} dir="auto">
          {texts.shown(name)}
        </h4>
        <code className={styles.secret}>{key}</code>
        <p>{texts.shownOnce}</p>
        <span className={styles.buttons}>
          <CopyButton text={key} label={texts.copy} />
          <button className={button.quiet} type="button" onClick={onDone}>
            {texts.done}
          </button>
        </span>
      </div>
    </div>
  );
}

function KeyRow({ shown, onRevoke }: { shown: ApiKey; onRevoke: () => void }) {
  const texts = useProgramTexts();
  const dollars = useDollars();
  const { time } = useFormats();
  const { id, name, scopes, daily_budget_usd: budget, spent_today_usd, last_used_at } = shown;
  const spent = dollars(spent_today_usd);
  const nameId = `key-${id}`;
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <p id={nameId} className={styles.name} dir="auto">
          {name}
        </p>
        <p className={styles.aside}>
          {scopes.map((scope) => texts.scopeNames[scope]).join(", ")}
          <br />
          {budget === null ? texts.spent(spent) : texts.spentOf(spent, dollars(budget))}
          {" · "}
          {last_used_at === null ? texts.neverUsed : texts.lastUsed(time(new Date(last_used_at)))}
          <br />
          <code>{publicPart(id)}</code>
        </p>
      </div>
      <ConfirmedButton
        label={texts.revoke}
        question={texts.revokeQuestion}
        describedBy={nameId}
        onConfirm={onRevoke}
      />
    </li>
  );
}
