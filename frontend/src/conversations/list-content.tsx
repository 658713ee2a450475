import { useId, useMemo, useState } from "react";
import { type ListedConversation, maxSearchLength } from "#lib/contract/conversation.ts";
import { ShareDialog } from "../chat/dialogs/late-dialogs.ts";
import { isolated } from "../texts/isolated.ts";
import { useFormats } from "../texts/use-formats.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { LateIcon } from "../ui/late-icon.tsx";
import { latePart } from "../ui/late-part.tsx";
import { NoticeLine } from "../ui/notice-line.tsx";
import { UndoLine } from "../ui/undo-line.tsx";
import styles from "./conversation-list.module.css";
import { type ListView, shownConversations } from "./conversation-list-store.ts";
import { ConversationRow } from "./conversation-row.tsx";
import { groupByDate } from "./group-by-date.ts";
import type { useConversationList } from "./use-conversation-list.ts";
import { useRows } from "./use-rows.ts";
import { useToday } from "./use-today.ts";

export interface ListContentProps {
  list: ReturnType<typeof useConversationList>;
  currentId: string | null;
  /** A conversation without a message or an answer for so many days is deleted. Null: it is kept. */
  idleDays: number | null;
  onNewChat: () => void;
  onOpen: (conversationId: string) => void;
  onCurrentDeleted: () => void;
  /** Null if the list cannot be hidden. */
  onHide: (() => void) | null;
}

const load = () => import("./late-parts.ts");
const LoadMore = latePart("more conversations", async () => (await load()).LoadMore);
const RenameField = latePart("title", async () => (await load()).RenameField);
const RowMenu = latePart("menu", async () => (await load()).RowMenu);

/** New chat, search, and the conversations in groups by date. */
export function ListContent({ list, currentId, idleDays, ...props }: ListContentProps) {
  const texts = useTexts();
  const { list: words } = texts;
  const { pinned, conversations, deleted, isArchive, searched, found } = list;
  const shown = useMemo(
    () => shownConversations({ pinned, conversations }),
    [pinned, conversations],
  );
  const id = useId();
  const groups = useGroups(list);
  const rows = useRows(shown, currentId, { onOpen: props.onOpen, onDelete: remove });
  const [shared, setShared] = useState<ListedConversation | null>(null);
  const ofMenu = shown.find(({ id }) => id === rows.menu?.id);

  function remove(conversation: ListedConversation) {
    rows.focusNeighbour(conversation);
    list.delete(conversation);
    if (conversation.id === currentId) props.onCurrentDeleted();
  }

  return (
    <div className={styles.list}>
      <div className={styles.top}>
        <button className={button.quiet} type="button" onClick={props.onNewChat}>
          <LateIcon name="add" /> {texts.header.newChat}
        </button>
        <button
          className={styles.icon}
          type="button"
          title={words.archived}
          aria-label={words.archived}
          aria-pressed={isArchive}
          onClick={() => list.showPart(!isArchive)}
        >
          <LateIcon name="archive" />
        </button>
        {props.onHide !== null && (
          <button
            className={styles.icon}
            type="button"
            title={words.hide}
            aria-label={words.hide}
            onClick={props.onHide}
          >
            <LateIcon name="list" />
          </button>
        )}
      </div>
      <input
        className={styles.search}
        type="search"
        ref={rows.search}
        aria-label={words.search}
        placeholder={words.search}
        maxLength={maxSearchLength}
        value={searched}
        onChange={(event) => list.search(event.target.value)}
      />
      {list.notice !== null && (
        <NoticeLine
          notice={list.notice}
          then="tryAgain"
          onRetry={list.status === "failed" ? list.refresh : undefined}
        />
      )}
      {deleted !== null && (
        <UndoLine
          text={words.deleted(isolated(deleted.title))}
          onUndo={() => {
            rows.focusSoon(deleted.id);
            list.undoDelete();
          }}
        />
      )}
      {list.status === "loading" && <p className={styles.aside}>{words.loading}</p>}
      {list.status === "ready" && shown.length === 0 && (
        <p className={styles.aside}>
          {found !== "" && words.noResults(isolated(found))}
          {found === "" && (isArchive ? words.noneArchived : words.empty)}
        </p>
      )}
      <div ref={rows.list} {...rows.events}>
        {groups.map(({ key, label, conversations }) => (
          <div key={key} className={styles.group}>
            <h2 id={`${id}${key}`}>{label}</h2>
            <ul aria-labelledby={`${id}${key}`}>
              {conversations.map((conversation) =>
                conversation.id === rows.renamingId ? (
                  <li key={conversation.id} className={styles.row}>
                    <RenameField
                      list={list}
                      conversation={conversation}
                      onEnd={(isByKey) => {
                        if (isByKey) rows.focusSoon(conversation.id);
                        rows.rename(null);
                      }}
                    />
                  </li>
                ) : (
                  <ConversationRow
                    key={conversation.id}
                    conversation={conversation}
                    isCurrent={conversation.id === currentId}
                    isTabStop={conversation.id === rows.tabStopId}
                    hasMenu={conversation.id === rows.menu?.id}
                    isSearched={found !== ""}
                  />
                ),
              )}
            </ul>
          </div>
        ))}
      </div>
      {ofMenu && rows.menu && (
        <RowMenu
          list={list}
          conversation={ofMenu}
          button={rows.menu.button}
          onClose={rows.closeMenu}
          onRename={() => rows.rename(ofMenu.id)}
          onMove={(leaves) => (leaves ? rows.focusNeighbour(ofMenu) : rows.focusSoon(ofMenu.id))}
          onShare={() => setShared(ofMenu)}
          onDelete={() => remove(ofMenu)}
        />
      )}
      {shared && (
        <ShareDialog
          conversationId={shared.id}
          onClose={() => {
            rows.focusSoon(shared.id);
            setShared(null);
          }}
          onSessionEnded={list.onSessionEnded}
        />
      )}
      {list.nextCursor !== null && <LoadMore key={list.nextCursor} onLoad={list.loadMore} />}
      {idleDays !== null && <p className={styles.aside}>{words.idle(idleDays)}</p>}
    </div>
  );
}

interface Group {
  key: string;
  label: string;
  conversations: ListedConversation[];
}

/** Returns the pinned conversations, then the others by date. The results of a search are one group. */
function useGroups({ pinned, conversations, found }: ListView): Group[] {
  const { list: texts } = useTexts();
  const formats = useFormats();
  const today = useToday();
  return useMemo(() => {
    const groups =
      found === ""
        ? groupByDate(conversations, new Date(today)).map(({ name, ...group }) => ({
            ...group,
            label: name instanceof Date ? formats.month(name) : texts[name],
          }))
        : [{ key: "results", label: texts.results, conversations }];
    return [{ key: "pinned", label: texts.pinned, conversations: pinned }, ...groups].filter(
      (group) => group.conversations.length > 0,
    );
  }, [pinned, conversations, found, texts, formats, today]);
}
