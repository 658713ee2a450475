import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from "react";
import type { ListedConversation } from "#lib/contract/conversation.ts";
import { toApiProblem } from "../api/api-problem.ts";
import { updateConversation } from "../api/client.ts";
import { notifyOtherTabs } from "../api/other-tabs.ts";
import { useRowMenuTexts } from "../texts/use-row-menu-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { type IconName, LateIcon } from "../ui/late-icon.tsx";
import menuStyles from "../ui/menu.module.css";
import type { ConversationListStore } from "./conversation-list-store.ts";
import styles from "./row-menu.module.css";

const gap = 4;

/** The menu of one conversation, beside the button that opened it. */
export function RowMenu({
  list,
  conversation,
  button,
  onClose,
  onRename,
  onMove,
  onShare,
  onDelete,
}: {
  list: ConversationListStore;
  conversation: ListedConversation;
  button: Element;
  onClose: () => void;
  onRename: () => void;
  /** Called before the conversation goes to another group, or leaves the list. */
  onMove: (leaves: boolean) => void;
  onShare: () => void;
  onDelete: () => void;
}) {
  const texts = useRowMenuTexts();
  const pageTexts = useTexts();
  const { id, title, pinned, archived } = conversation;
  const menu = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    if (!menu.current) return;
    // A browser without the popover API shows the menu all the same.
    menu.current.showPopover?.();
    placeBeside(menu.current, button.getBoundingClientRect());
    itemsOf(menu.current)[0]?.focus();
  }, [button]);

  useEffect(() => {
    const shown = menu.current;
    const onToggle = (event: Event) => {
      if (Reflect.get(event, "newState") === "closed") onClose();
    };
    shown?.addEventListener("toggle", onToggle);
    return () => shown?.removeEventListener("toggle", onToggle);
  }, [onClose]);

  /** The service says where the conversation is now. */
  async function move(to: { pinned: boolean } | { archived: boolean }) {
    onMove("archived" in to);
    const failure = await updateConversation(id, to).then(
      () => notifyOtherTabs({ what: "title", conversationId: id }),
      (error: unknown) => ({ error }),
    );
    // Must come first: a fetch removes the notice.
    await list.refetch();
    if (failure) list.handleError(failure.error);
  }

  async function exportAs(format: "markdown" | "json") {
    try {
      const { exportConversation } = await import("../chat/conversation/export-conversation.ts");
      await exportConversation(id, format, pageTexts, new AbortController().signal);
    } catch (error) {
      list.handleError(toApiProblem(error));
    }
  }

  const items: [icon: IconName, label: string, act: () => void][] = [
    ["edit", texts.rename, onRename],
    ["pin", pinned ? texts.unpin : texts.pin, () => void move({ pinned: !pinned })],
    [
      "archive",
      archived ? texts.unarchive : texts.archive,
      () => void move({ archived: !archived }),
    ],
    ["share", texts.share, onShare],
    ["download", texts.exportMarkdown, () => void exportAs("markdown")],
    ["download", texts.exportJson, () => void exportAs("json")],
    ["delete", texts.delete, onDelete],
  ];
  const close = () => {
    menu.current?.hidePopover?.();
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key === "Tab" || event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
      if (button instanceof HTMLElement) button.focus();
      return;
    }
    const next = nextItem(itemsOf(event.currentTarget), event.key);
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <div
      ref={menu}
      className={`${menuStyles.menu} ${styles.menu}`}
      popover="auto"
      role="menu"
      tabIndex={-1}
      aria-label={texts.options(title)}
      onKeyDown={onKeyDown}
    >
      {items.map(([icon, label, act]) => (
        <button
          key={label}
          className={menuStyles.item}
          type="button"
          role="menuitem"
          tabIndex={-1}
          onClick={() => {
            close();
            act();
          }}
        >
          <LateIcon name={icon} />
          {label}
        </button>
      ))}
    </div>
  );
}

const itemsOf = (menu: Element) => [...menu.querySelectorAll<HTMLElement>("[role=menuitem]")];

function nextItem(items: HTMLElement[], key: string): HTMLElement | undefined {
  const index = items.findIndex((item) => item.matches(":focus"));
  switch (key) {
    case "ArrowDown":
      return items[(index + 1) % items.length];
    case "ArrowUp":
      return items.at(index - 1);
    case "Home":
      return items[0];
    case "End":
      return items.at(-1);
    default:
      return undefined;
  }
}

/** Places the menu under the button, or above it if there is no room. */
function placeBeside(menu: HTMLElement, button: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const isBelow = button.bottom + gap + height <= innerHeight;
  const top = isBelow ? button.bottom + gap : Math.max(gap, button.top - gap - height);
  const left = Math.min(Math.max(gap, button.left), innerWidth - width - gap);
  menu.style.top = `${top}px`;
  menu.style.left = `${left}px`;
}
