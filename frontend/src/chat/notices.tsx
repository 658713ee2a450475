import type { ReactNode } from "react";
import button from "../ui/button.module.css";
import lineStyles from "../ui/notice-line.module.css";
import { NoticeLine } from "../ui/notice-line.tsx";
import type { useConversation } from "./use-conversation.ts";

/** What stands above the composer when something is not as it should be; the most important one alone. */
export function Notices({
  chat,
  isOnline,
}: {
  chat: ReturnType<typeof useConversation>;
  isOnline: boolean;
}): ReactNode {
  if (!isOnline) {
    return (
      <p className={lineStyles.line} role="alert">
        You are offline. Nothing is lost; this page goes on when the network is back.
      </p>
    );
  }
  if (chat.transcript === "failed" && chat.notice !== null) {
    return (
      <NoticeLine notice={chat.notice} then="You can try again">
        <button className={button.quiet} type="button" onClick={chat.reload}>
          Load the conversation again
        </button>
      </NoticeLine>
    );
  }
  if (chat.refusal !== null) {
    return <NoticeLine notice={chat.refusal} then="Your message is kept; you can send it again" />;
  }
  if (chat.notice !== null) {
    return <NoticeLine notice={chat.notice} then="You can try again" />;
  }
  if (chat.interrupted !== null) {
    return <NoticeLine notice={chat.interrupted} then="The answer goes on" />;
  }
  return null;
}
