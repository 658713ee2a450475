import type { Commands } from "../commands/command.ts";
import type { Texts } from "../texts/english.ts";
import { drafts } from "./composer/drafts.ts";
import { isOpen } from "./conversation/conversation-selectors.ts";
import type { OutgoingMessage } from "./conversation/conversation-state.ts";
import { newVersion } from "./conversation/new-version.ts";
import type { useConversation } from "./conversation/use-conversation.ts";
import type { DialogName } from "./dialogs/dialog-name.ts";

interface PaneActions {
  texts: Texts;
  hasDocuments: boolean;
  send: (message: OutgoingMessage) => void;
  stop: (turnId: string) => void;
  focusComposer: () => void;
  openDialog: (name: DialogName) => void;
}

/** Returns what a person can do with the open conversation now, and with the page around it. */
export function conversationCommands(
  chat: ReturnType<typeof useConversation>,
  pane: PaneActions,
): Commands {
  const { id, turns } = chat.conversation;
  const { stoppable } = chat;
  const last = turns.at(-1);
  const hasEnded = last !== undefined && !isOpen(last) && last.message !== null;
  const show = (name: DialogName) => () => pane.openDialog(name);
  const exportAs = (format: "markdown" | "json") => () => void chat.exportAs(format, pane.texts);
  return {
    palette: show("palette"),
    write: pane.focusComposer,
    editLast: hasEnded
      ? () => drafts.writeEdit(id, last.id, { text: last.message ?? "", key: null })
      : null,
    regenerate: hasEnded ? () => pane.send(newVersion(last)) : null,
    stop: stoppable && (() => pane.stop(stoppable.turnId)),
    model: show("model"),
    documents: pane.hasDocuments ? show("documents") : null,
    notes: show("notes"),
    exportMarkdown: id === null ? null : exportAs("markdown"),
    exportJson: id === null ? null : exportAs("json"),
    share: id === null ? null : show("share"),
    usage: show("usage"),
    devices: show("devices"),
    settings: show("settings"),
    shortcuts: show("shortcuts"),
    signOut: show("sign-out"),
  };
}
