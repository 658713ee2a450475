import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  useEffect,
  useRef,
  useState,
} from "react";
import type { ListedConversation } from "#lib/contract/conversation.ts";

interface RowHandlers {
  onOpen: (conversationId: string) => void;
  onDelete: (conversation: ListedConversation) => void;
}

/**
 * Handles the events of all rows: thousands of rows then cost no handler each. The list is one stop of the Tab key. Arrow
 * keys, Home and End lead to another row, Right and Left to the row's button and back, F2 renames, Delete deletes, and the key
 * of the context menu opens the row's menu.
 * @param shown the conversations in the order of their rows
 */
export function useRows(
  shown: ListedConversation[],
  currentId: string | null,
  { onOpen, onDelete }: RowHandlers,
) {
  const list = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const wanted = useRef<string | null | undefined>(undefined);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ id: string; button: Element } | null>(null);
  const [renamingId, setRenamingId] = useState<string | null>(null);

  const has = (id: string | null) => shown.some((one) => one.id === id);
  const tabStopId = has(focusedId) ? focusedId : has(currentId) ? currentId : shown[0]?.id;

  useEffect(() => {
    const { current: id } = wanted;
    const target = id === null ? search.current : id && has(id) && linkOf(list.current, id);
    if (!target || renamingId !== null) return;
    wanted.current = undefined;
    target.focus();
  });

  const openMenu = (row: Element, id: string) => {
    const button = row.querySelector("button");
    if (button) setMenu({ id, button });
  };

  const onClick = (event: MouseEvent) => {
    const { row, conversation } = rowOf(event.target, shown);
    if (!row || !conversation || !(event.target instanceof Element)) return;
    if (event.target.closest("button")) return openMenu(row, conversation.id);
    if (event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest("a")) return;
    event.preventDefault();
    onOpen(conversation.id);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const { row, conversation } = rowOf(event.target, shown);
    if (!row || !conversation || event.target instanceof HTMLInputElement) return;
    const links = [...(list.current?.querySelectorAll<HTMLElement>("[data-id] > a") ?? [])];
    const index = links.findIndex((link) => row.contains(link));
    const goals: Record<string, HTMLElement | null | undefined> = {
      ArrowDown: links[index + 1],
      ArrowUp: links[index - 1],
      Home: links[0],
      End: links.at(-1),
      ArrowRight: row.querySelector("button"),
      ArrowLeft: links[index],
    };
    if (event.key in goals) goals[event.key]?.focus();
    else if (event.key === "F2") setRenamingId(conversation.id);
    else if (event.key === "Delete") onDelete(conversation);
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey))
      openMenu(row, conversation.id);
    else return;
    event.preventDefault();
  };

  const onFocus = ({ target }: FocusEvent) =>
    setFocusedId(rowOf(target, shown).conversation?.id ?? null);

  return {
    list,
    search,
    tabStopId,
    menu,
    closeMenu: () => setMenu(null),
    renamingId,
    rename: setRenamingId,
    events: { onClick, onKeyDown, onFocus },
    /** Focuses a row once the list shows it; null is the search field. */
    focusSoon(conversationId: string | null) {
      wanted.current = conversationId;
    },
    /** Focuses the row beside this one, which leaves the list. */
    focusNeighbour({ id }: ListedConversation) {
      const index = shown.findIndex((one) => one.id === id);
      wanted.current = (shown[index + 1] ?? shown[index - 1])?.id ?? null;
    },
  };
}

const linkOf = (list: Element | null, id: string) =>
  list?.querySelector<HTMLElement>(`[data-id="${id}"] > a`);

function rowOf(target: EventTarget, shown: ListedConversation[]) {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-id]") : null;
  return { row, conversation: shown.find(({ id }) => id === row?.dataset.id) };
}
