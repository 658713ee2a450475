import { type KeyboardEvent, useRef } from "react";
import { isBlank } from "#lib/contract/blank-text.ts";
import { type ListedConversation, maxTitleLength } from "#lib/contract/conversation.ts";
import { updateConversation } from "../api/client.ts";
import { notifyOtherTabs } from "../api/other-tabs.ts";
import { useRowMenuTexts } from "../texts/use-row-menu-texts.ts";
import { isComposing } from "../ui/is-composing.ts";
import type { ConversationListStore } from "./conversation-list-store.ts";
import styles from "./row-menu.module.css";

/** Enter and leaving the field rename the conversation. Escape cancels. */
export function RenameField({
  list,
  conversation: { id, title },
  onEnd,
}: {
  list: ConversationListStore;
  conversation: ListedConversation;
  /** `isByKey`: by Enter or Escape. */
  onEnd: (isByKey: boolean) => void;
}) {
  const texts = useRowMenuTexts();
  const endKey = useRef<"Enter" | "Escape" | null>(null);

  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (isComposing(event) || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    endKey.current = event.key;
    event.currentTarget.blur();
  };
  const onBlur = (next: string) => {
    const isChanged = endKey.current !== "Escape" && !isBlank(next) && next !== title;
    onEnd(endKey.current !== null);
    if (isChanged) void rename(list, { id, title }, next);
  };
  return (
    <input
      className={styles.rename}
      aria-label={texts.title}
      defaultValue={title}
      maxLength={maxTitleLength}
      // biome-ignore lint/a11y/noAutofocus: the person chose Rename to write here
      autoFocus
      onFocus={(event) => event.target.select()}
      onKeyDown={onKey}
      onBlur={(event) => onBlur(event.target.value.trim())}
    />
  );
}

/** Shows the new title at once, and the old title again if the request fails. */
async function rename(
  list: ConversationListStore,
  { id, title: before }: Pick<ListedConversation, "id" | "title">,
  title: string,
): Promise<void> {
  list.setTitle(id, title);
  try {
    await updateConversation(id, { title });
    // A list that was fetched meanwhile may hold the old title.
    list.setTitle(id, title);
    notifyOtherTabs({ what: "title", conversationId: id });
  } catch (error) {
    list.setTitle(id, before);
    list.handleError(error);
  }
}
