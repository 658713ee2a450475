import type { ReactNode } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import lineStyles from "#frontend/ui/notice-line.module.css";
import { NoticeLine } from "#frontend/ui/notice-line.tsx";
import type { useConversation } from "../conversation/use-conversation.ts";

/** The most important problem of the moment, above the composer. */
export function Notices({
  chat,
  isOnline,
}: {
  chat: ReturnType<typeof useConversation>;
  isOnline: boolean;
}): ReactNode {
  const { notices } = useTexts();
  if (!isOnline) {
    return (
      <p className={lineStyles.line} role="alert">
        {notices.offline}
      </p>
    );
  }
  if (chat.transcript === "failed" && chat.notice !== null) {
    return <NoticeLine notice={chat.notice} then="tryAgain" onRetry={chat.reload} />;
  }
  if (chat.refusal !== null) {
    return <NoticeLine notice={chat.refusal} then="sendAgain" />;
  }
  if (chat.notice !== null) {
    return <NoticeLine notice={chat.notice} then="tryAgain" />;
  }
  if (chat.interrupted !== null) {
    return <NoticeLine notice={chat.interrupted} then="reconnect" />;
  }
  return null;
}
