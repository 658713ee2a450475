import { useRef, useState } from "react";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { ApiProblem } from "../api/api-problem.ts";
import { useFormats } from "../texts/use-formats.ts";
import button from "../ui/button.module.css";
import styles from "./approvals.module.css";
import { CallCard } from "./call-card.tsx";
import { type Decision, isUndecided } from "./decision.ts";
import { useApprovalTexts } from "./use-approval-texts.ts";

interface ApprovalsProps {
  /** The calls of one answer that a person was asked about. At least one is undecided. */
  calls: ToolCall[];
  /** Resolves with the problem if the service did not accept the decision. */
  onDecide: (call: ToolCall, decision: Decision, note?: string) => Promise<ApiProblem | null>;
  /** The button that had the focus goes, and no call is left to decide. */
  onLastDecided: () => void;
}

/** Tool calls that wait for a person's decision: each with its arguments, to approve and to deny one by one or together. */
export function Approvals({ calls, onDecide, onLastDecided }: ApprovalsProps) {
  const texts = useApprovalTexts();
  const { dayAndTime } = useFormats();
  const list = useRef<HTMLDivElement>(null);
  const [pending, setPending] = useState<Record<string, Decision>>({});
  const [problems, setProblems] = useState<Record<string, ApiProblem>>({});
  const undecided = calls.filter(isUndecided);
  const isBusy = Object.keys(pending).length > 0;
  const expiresAt = undecided.map(({ approval }) => approval?.expires_at ?? "").sort()[0];

  /** Returns whether the service accepted the decision. */
  const decide = async (call: ToolCall, decision: Decision, note?: string): Promise<boolean> => {
    setPending((others) => ({ ...others, [call.id]: decision }));
    setProblems(({ [call.id]: _, ...others }) => others);
    const problem = await onDecide(call, decision, note);
    setPending(({ [call.id]: _, ...others }) => others);
    // The page itself shows a conflict, because the call is about to change.
    if (problem !== null && problem.status !== 409)
      setProblems((others) => ({ ...others, [call.id]: problem }));
    return problem === null;
  };

  /** The page shows the accepted decision one frame later, so that the button with the focus is still there. */
  const moveFocusFrom = (callIds: string[]) => {
    if (!list.current?.contains(document.activeElement)) return;
    const cards = [...list.current.querySelectorAll<HTMLElement>("[data-undecided]")];
    const next = cards.find(({ dataset }) => !callIds.includes(dataset.undecided ?? ""));
    if (next === undefined) onLastDecided();
    else next.querySelector("button")?.focus();
  };

  const decideOne = async (call: ToolCall, decision: Decision, note?: string) => {
    if (await decide(call, decision, note)) moveFocusFrom([call.id]);
  };

  const decideAll = async (decision: Decision) => {
    if (isBusy) return;
    for (const call of undecided) {
      if (!(await decide(call, decision))) return;
    }
    moveFocusFrom(undecided.map(({ id }) => id));
  };

  return (
    <div className={styles.approvals} ref={list}>
      {calls.map((call) => (
        <CallCard
          key={call.id}
          call={call}
          pending={pending[call.id]}
          problem={problems[call.id]}
          onDecide={(decision, note) => void decideOne(call, decision, note)}
        />
      ))}
      <div className={styles.next}>
        <p>
          {texts.nothingDone}{" "}
          {undecided.length > 1 ? texts.nextOfSeveral(undecided.length) : texts.next}{" "}
          {expiresAt && texts.expires(dayAndTime(new Date(expiresAt)))}
        </p>
        {undecided.length > 1 && (
          <div className={styles.choices}>
            {(["approve", "deny"] as const).map((decision) => (
              <button
                key={decision}
                className={button.quiet}
                type="button"
                aria-disabled={isBusy}
                onClick={() => void decideAll(decision)}
              >
                {decision === "approve" ? texts.approveAll : texts.denyAll}
              </button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}
