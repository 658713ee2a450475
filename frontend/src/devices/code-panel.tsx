import { useEffect, useState } from "react";
import type * as v from "valibot";
import { DeviceCode } from "#lib/contract/device.ts";
import { requestJson } from "../api/request.ts";
import { useDeviceTexts } from "../texts/use-device-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { CopyButton } from "../ui/copy-button.tsx";
import { formatWait } from "../ui/problem-texts.ts";
import { useSecondsLeft } from "../ui/use-seconds-left.ts";
import styles from "./devices.module.css";
import { QrPicture } from "./qr-picture.tsx";

type Code = v.InferOutput<typeof DeviceCode>;

/** How often the page asks whether the code was used, while it is shown. The answer comes from no database that sleeps. */
const lookEveryMs = 5_000;

/** Makes a code, and shows it as text, as a link and as a picture until it is used or expired. */
export function CodePanel({
  run,
  onLook,
}: {
  run: (request: () => Promise<void>) => Promise<boolean>;
  /** Returns whether the code was used. */
  onLook: (signal: AbortSignal) => Promise<boolean>;
}) {
  const texts = useDeviceTexts();
  const [code, setCode] = useState<Code | null>(null);
  const [isMaking, setIsMaking] = useState(false);
  const expiry = code === null ? null : Date.parse(code.expires_at);
  const isValid = useSecondsLeft(expiry) > 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `onLook` is another function in each render
  useEffect(() => {
    if (!isValid) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    const look = async () => {
      if (document.hidden) return;
      // A failure is no news: the next look is near.
      const isUsed = await onLook(signal).catch(() => false);
      if (isUsed && !signal.aborted) setCode(null);
    };
    const timer = setInterval(() => void look(), lookEveryMs);
    return () => {
      clearInterval(timer);
      leaving.abort();
    };
  }, [isValid]);

  const make = async () => {
    if (isMaking) return;
    setIsMaking(true);
    const isMade = await run(async () =>
      setCode(await requestJson("/api/v1/device-codes", DeviceCode, { method: "POST" })),
    );
    if (!isMade) setCode(null);
    setIsMaking(false);
  };

  return (
    <>
      <p className={styles.aside}>{texts.explanation}</p>
      {code !== null && expiry !== null && isValid && <ShownCode code={code} expiry={expiry} />}
      {code !== null && !isValid && <p role="alert">{texts.expired}</p>}
      <p>
        <button
          className={code === null ? button.primary : button.quiet}
          type="button"
          aria-disabled={isMaking}
          onClick={() => void make()}
        >
          {isMaking ? texts.making : code === null ? texts.makeCode : texts.newCode}
        </button>
      </p>
    </>
  );
}

function ShownCode({ code: { code, url }, expiry }: { code: Code; expiry: number }) {
  const texts = useDeviceTexts();
  const pageTexts = useTexts();
  const seconds = useSecondsLeft(expiry);
  const link = new URL(url, location.origin);
  return (
    <div className={styles.code}>
      <QrPicture text={link.href} label={texts.picture} />
      <div className={styles.ways}>
        <p>{texts.steps(link.host)}</p>
        {/* A screen reader speaks the signs one by one. */}
        <p className={styles.signs} role="status">
          <span className="spoken">
            {texts.code}: {[...code.replace("-", "")].join(" ")}
          </span>
          <span aria-hidden="true">{code}</span>
        </p>
        <p className={styles.aside}>{texts.validFor(formatWait(seconds, pageTexts))}</p>
        <CopyButton text={link.href} what="link" />
      </div>
    </div>
  );
}
