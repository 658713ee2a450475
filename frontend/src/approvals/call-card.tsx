import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { isBlank } from "#lib/contract/blank-text.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { ApiProblem } from "../api/api-problem.ts";
import { toolName } from "../texts/tool-names.ts";
import { useFormats } from "../texts/use-formats.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { isComposing } from "../ui/is-composing.ts";
import styles from "./approvals.module.css";
import { type Decision, isUndecided, maxNoteLength } from "./decision.ts";
import { describeRefusal } from "./describe-refusal.ts";
import { describeArguments, type ShownArgument } from "./shown-arguments.ts";
import { useApprovalTexts } from "./use-approval-texts.ts";

interface CallCardProps {
  call: ToolCall;
  /** The decision that is being sent. */
  pending: Decision | undefined;
  /** Why the service did not accept the last decision. */
  problem: ApiProblem | undefined;
  onDecide: (decision: Decision, note?: string) => void;
}

/** One tool call: what it would do, and the decision. */
export function CallCard(props: CallCardProps) {
  const { call, problem } = props;
  const texts = useApprovalTexts();
  const pageTexts = useTexts();
  const formats = useFormats();
  const { approval } = call;
  const isOpen = isUndecided(call);
  const tool = toolName(call.name, texts.toolNames);
  const at = (time: string) => formats.dayAndTime(new Date(time));
  return (
    <fieldset className={styles.card} data-undecided={isOpen ? call.id : undefined}>
      <legend>{isOpen ? texts.question(tool) : tool}</legend>
      <Arguments shown={describeArguments(call.input)} />
      {isOpen && approval?.before && (
        <p className={styles.before}>
          {texts.before[approval.before.state](at(approval.before.at))}
        </p>
      )}
      {problem && (
        <p className={styles.problem} role="alert">
          {describeRefusal(problem, pageTexts, texts, at)}
        </p>
      )}
      {isOpen ? (
        <Choices {...props} />
      ) : (
        <p className={styles.decided}>
          {approval && approval.state !== "open" && texts.decided[approval.state]}
        </p>
      )}
    </fieldset>
  );
}

function Arguments({ shown }: { shown: ShownArgument[] }) {
  const texts = useApprovalTexts();
  if (shown.length === 0) return <p className={styles.aside}>{texts.noArguments}</p>;
  return (
    <dl className={styles.arguments}>
      {shown.map(({ name, text, isCode, start }) => (
        <div key={name}>
          {name !== "" && <dt>{name}</dt>}
          <dd dir="auto" data-code={isCode || undefined}>
            {start === null ? (
              text
            ) : (
              <>
                <span className={styles.start}>{start} …</span>
                <details>
                  <summary>{texts.characters(text.length)}</summary>
                  {text}
                </details>
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Approve, and Deny with an optional note. The buttons keep the focus while a decision is being sent. */
function Choices({ call, pending, onDecide }: CallCardProps) {
  const texts = useApprovalTexts();
  const tool = toolName(call.name, texts.toolNames);
  const [isDenying, setIsDenying] = useState(false);
  const [note, setNote] = useState("");
  const deny = useRef<HTMLButtonElement>(null);
  const wasDenying = useRef(false);
  const isBusy = pending !== undefined;

  // After Escape and Cancel the focus returns to the button that opened the note.
  useEffect(() => {
    if (wasDenying.current && !isDenying) deny.current?.focus();
    wasDenying.current = isDenying;
  }, [isDenying]);

  const decide = (decision: Decision, text?: string) => {
    if (!isBusy) onDecide(decision, text);
  };
  const cancel = () => {
    if (!isBusy) setIsDenying(false);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !isComposing(event)) cancel();
  };

  if (isDenying) {
    const id = `note-${call.id}`;
    return (
      <div className={styles.denial}>
        <label htmlFor={id}>{texts.note}</label>
        <textarea
          id={id}
          className={styles.note}
          rows={2}
          maxLength={maxNoteLength}
          dir="auto"
          value={note}
          // biome-ignore lint/a11y/noAutofocus: the person pressed Deny to write here
          autoFocus
          onChange={(event) => setNote(event.target.value)}
          onKeyDown={onKey}
        />
        <div className={styles.choices}>
          <button
            className={button.danger}
            type="button"
            aria-label={pending === undefined ? texts.denyTool(tool) : undefined}
            aria-disabled={isBusy}
            onClick={() => decide("deny", isBlank(note) ? undefined : note)}
            onKeyDown={onKey}
          >
            {pending === "deny" ? texts.denying : texts.deny}
          </button>
          <button
            className={button.quiet}
            type="button"
            aria-disabled={isBusy}
            onClick={cancel}
            onKeyDown={onKey}
          >
            {texts.cancel}
          </button>
        </div>
      </div>
    );
  }
  return (
    <div className={styles.choices}>
      <button
        className={button.primary}
        type="button"
        aria-label={pending === "approve" ? undefined : texts.approveTool(tool)}
        aria-disabled={isBusy}
        onClick={() => decide("approve")}
      >
        {pending === "approve" ? texts.approving : texts.approve}
      </button>
      <button
        ref={deny}
        className={button.quiet}
        type="button"
        aria-label={pending === "deny" ? undefined : texts.denyTool(tool)}
        aria-disabled={isBusy}
        onClick={() => {
          if (!isBusy) setIsDenying(true);
        }}
      >
        {pending === "deny" ? texts.denying : texts.deny}
      </button>
    </div>
  );
}
