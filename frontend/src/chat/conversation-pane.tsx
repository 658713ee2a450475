import { type RefObject, useEffect, useRef, useState } from "react";
import type { Commands } from "../commands/command.ts";
import { LatePalette, LateShortcutSheet } from "../commands/late-commands.ts";
import { useShortcuts } from "../commands/use-shortcuts.ts";
import type { CurrentConversation } from "../conversations/conversation-list-store.ts";
import { LateDemoBanner } from "../demo/late-demo-banner.tsx";
import { LateDemoCards } from "../demo/late-demo-cards.tsx";
import { LateRefusedFiles } from "../documents/late-refused-files.ts";
import { useDocumentTools } from "../documents/use-document-tools.ts";
import { SettingsDialog } from "../settings/settings-dialog.tsx";
import { useTexts } from "../texts/use-texts.tsx";
import { randomId } from "../ui/random-id.ts";
import { useOnline } from "../ui/use-online.ts";
import { LateSpokenAnswer } from "./answer/late-spoken-answer.tsx";
import styles from "./chat-page.module.css";
import { Composer } from "./composer/composer.tsx";
import { ContextMeter } from "./composer/context-meter.tsx";
import { drafts } from "./composer/drafts.ts";
import { canDictate, LateDictateButton } from "./composer/late-dictate-button.tsx";
import { useDraft } from "./composer/use-draft.ts";
import { estimateContext } from "./conversation/context-size.ts";
import { countUnanswered, hasBegun, isOpen } from "./conversation/conversation-selectors.ts";
import type { OutgoingMessage, ShownTurn } from "./conversation/conversation-state.ts";
import type { Edit } from "./conversation/tab-storage.ts";
import { useConversation } from "./conversation/use-conversation.ts";
import { ChatHeader } from "./header/chat-header.tsx";
import {
  DevicesDialog,
  NotesDialog,
  ShareDialog,
  SignOutDialog,
  UsageDialog,
} from "./header/late-dialogs.ts";
import type { Limits } from "./limits.ts";
import { LateSettings } from "./settings/late-settings.tsx";
import { ModelButton } from "./settings/model-button.tsx";
import { LateTranscript } from "./transcript/late-transcript.tsx";
import { Notices } from "./transcript/notices.tsx";
import { useStickToBottom } from "./transcript/use-stick-to-bottom.ts";
import { LateExamples } from "./welcome/late-examples.tsx";
import { Welcome } from "./welcome/welcome.tsx";

type DialogName =
  | "devices"
  | "documents"
  | "model"
  | "notes"
  | "palette"
  | "settings"
  | "share"
  | "shortcuts"
  | "sign-out"
  | "usage";

interface ConversationPaneProps {
  limits: Limits;
  /** Null for a new conversation. */
  conversationId: string | null;
  /** Null until the list knows the conversation's title. */
  title: string | null;
  /** True before the first navigation. */
  isFirst: boolean;
  /** The service accepted a message of a conversation that is not on the page. */
  onDelivered: () => void;
  onSessionEnded: () => void;
  onSignedOut: (reason?: "deleted") => void;
  /** Completes what is impossible after signing out. */
  onSigningOut: () => Promise<void>;
  /** The conversation got its id, its transcript, a new turn or its first answer. */
  onChange: (conversation: CurrentConversation) => void;
  onNewChat: () => void;
  /** The conversations that the list has loaded, newest first. */
  chats: readonly { id: string; title: string }[];
  onOpenChat: (id: string) => void;
  onSearch: () => void;
  onToggleList: () => void;
  /** Null while the list is beside the conversation. */
  onShowList: (() => void) | null;
}

/** The open conversation: header, transcript or welcome, and composer. */
export function ConversationPane(props: ConversationPaneProps) {
  const { conversationId, isFirst } = props;
  const composer = useRef<HTMLTextAreaElement>(null);
  const main = useRef<HTMLElement>(null);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const texts = useTexts();
  const { demoGuideUrl, hasDocuments } = props.limits;
  const isDemo = demoGuideUrl !== undefined;
  const isOnline = useOnline();
  const chat = useConversation(conversationId, props);
  const { id, turns, outbox, settings } = chat.conversation;
  const draft = useDraft(id);
  const isEmpty = chat.transcript === "ready" && turns.length + outbox.length === 0;
  const { isStuck, stick } = useStickToBottom(turns.length + outbox.length > 0);
  const focusComposer = () => composer.current?.focus();
  const closeDialog = () => setDialog(null);
  const documentTools = useDocumentTools(hasDocuments);

  useReportChange(chat, props.onChange);
  useDocumentTitle(props.title, chat.stoppable?.needsDecision ?? false);
  useFirstFocus(composer, main, isFirst);

  const send = (message: OutgoingMessage | undefined) => {
    if (message === undefined) return;
    stick();
    chat.send(message);
    // The button that had the focus may be disabled now.
    focusComposer();
  };
  /** Sends the draft, with its files once they can be used. */
  const sendDraft = (isPatient = true) =>
    send(documentTools ? documentTools.composerFiles.addTo(draft.take, isPatient) : draft.take());
  const sendExample = (text: string) => send({ key: randomId(), text });
  const stop = (turnId: string) => {
    void chat.stop(turnId);
    focusComposer();
  };

  const last = turns.at(-1);
  const hasEnded = last !== undefined && !isOpen(last) && last.message !== null;
  const exportAs = (format: "markdown" | "json") =>
    id === null ? null : () => void chat.exportAs(format, texts);
  const show = (name: DialogName) => () => setDialog(name);
  const share = id === null ? null : show("share");
  const commands: Commands = {
    newChat: props.onNewChat,
    palette: show("palette"),
    write: focusComposer,
    editLast: hasEnded
      ? () => drafts.writeEdit(id, last.id, { text: last.message ?? "", key: null })
      : null,
    regenerate: hasEnded ? () => send(newVersion(last)) : null,
    stop: chat.stoppable && (() => stop(chat.stoppable?.turnId ?? "")),
    search: props.onSearch,
    toggleList: props.onToggleList,
    model: show("model"),
    documents: documentTools && show("documents"),
    notes: show("notes"),
    exportMarkdown: exportAs("markdown"),
    exportJson: exportAs("json"),
    share,
    usage: show("usage"),
    devices: show("devices"),
    settings: show("settings"),
    shortcuts: show("shortcuts"),
    signOut: show("sign-out"),
  };
  useShortcuts(commands);

  // Beside the list there is room for the composer in the middle, and the examples below it.
  const isWide = props.onShowList === null;
  const examples =
    isEmpty &&
    (isDemo ? (
      <LateDemoCards onSend={sendExample} />
    ) : (
      <LateExamples hasDocuments={hasDocuments} onSend={sendExample} />
    ));

  return (
    <div className={styles.page} data-empty={isEmpty || undefined}>
      <ChatHeader
        title={props.title}
        onShowList={props.onShowList}
        onNewChat={props.onNewChat}
        isDemo={isDemo}
        modelButton={
          <ModelButton
            models={props.limits.models}
            settings={settings}
            // The message that begins the conversation takes the settings along.
            isDisabled={chat.transcript === "loading" || (id === null && outbox.length > 0)}
            onPress={() => setDialog("model")}
          />
        }
        onExport={id === null ? null : (format) => void chat.exportAs(format, texts)}
        onShare={share}
        onShowDocuments={documentTools && (() => setDialog("documents"))}
        onShowNotes={() => setDialog("notes")}
        onShowUsage={() => setDialog("usage")}
        onShowDevices={() => setDialog("devices")}
        onShowSettings={() => setDialog("settings")}
        onSignOut={() => setDialog("sign-out")}
      />
      {demoGuideUrl !== undefined && <LateDemoBanner guideUrl={demoGuideUrl} />}
      <main className={styles.main} ref={main} tabIndex={-1}>
        <div className={styles.column}>
          {isEmpty ? (
            <Welcome hasDocuments={hasDocuments} />
          ) : (
            <Conversation
              chat={chat}
              draft={draft}
              messageLimit={props.limits.messageLimit}
              onSend={send}
              onStop={stop}
              focusComposer={focusComposer}
              focusMain={() => main.current?.focus()}
            />
          )}
        </div>
        {!isWide && examples}
        <div className={styles.footer}>
          <LateSpokenAnswer conversation={chat.conversation} />
          {!isStuck && (
            <button className={styles.toBottom} type="button" onClick={stick}>
              <span aria-hidden="true">↓ </span>
              {texts.transcript.jumpToLatest}
            </button>
          )}
          {!hasDocuments && <LateRefusedFiles />}
          <Notices chat={chat} isOnline={isOnline} />
          <Composer
            field={composer}
            text={draft.text}
            messageLimit={props.limits.messageLimit}
            context={
              <ContextMeter
                size={estimateContext(chat.conversation)}
                maxTokens={props.limits.threadTokens}
              />
            }
            onType={draft.type}
            onSend={() => sendDraft()}
            attachButton={
              <>
                {documentTools && <documentTools.AttachButton />}
                {canDictate() && <LateDictateButton onWrite={draft.update} />}
              </>
            }
            attachments={
              documentTools && (
                <documentTools.LateAttachments
                  conversationId={id}
                  onSend={sendDraft}
                  onSessionEnded={props.onSessionEnded}
                />
              )
            }
            unanswered={countUnanswered(chat.conversation)}
            blockedUntil={chat.refusal?.until ?? null}
            stoppable={chat.stoppable}
            onStop={stop}
            commands={commands}
          />
        </div>
        {isWide && examples}
      </main>
      {documentTools && (
        <documentTools.DocumentLayers
          conversationId={id}
          isListOpen={dialog === "documents"}
          onCloseList={closeDialog}
          onSessionEnded={props.onSessionEnded}
        />
      )}
      {dialog === "model" && (
        <LateSettings
          models={props.limits.models}
          settings={settings}
          onChange={chat.changeSettings}
          onClose={closeDialog}
          onSessionEnded={props.onSessionEnded}
        />
      )}
      {dialog === "palette" && (
        <LatePalette
          commands={commands}
          chats={props.chats}
          onOpenChat={props.onOpenChat}
          onInsert={(text) => {
            draft.type(text);
            focusComposer();
          }}
          onClose={closeDialog}
        />
      )}
      {dialog === "shortcuts" && <LateShortcutSheet onClose={closeDialog} />}
      {dialog === "settings" && (
        <SettingsDialog
          onClose={closeDialog}
          onSessionEnded={props.onSessionEnded}
          onImported={props.onDelivered}
          onDeleted={() => props.onSignedOut("deleted")}
        />
      )}
      {dialog === "notes" && (
        <NotesDialog onClose={closeDialog} onSessionEnded={props.onSessionEnded} />
      )}
      {dialog === "usage" && (
        <UsageDialog onClose={closeDialog} onSessionEnded={props.onSessionEnded} />
      )}
      {dialog === "share" && id !== null && (
        <ShareDialog
          conversationId={id}
          onClose={closeDialog}
          onSessionEnded={props.onSessionEnded}
        />
      )}
      {dialog === "devices" && (
        <DevicesDialog onClose={closeDialog} onSessionEnded={props.onSessionEnded} />
      )}
      {dialog === "sign-out" && (
        <SignOutDialog
          idleDays={props.limits.idleDays}
          onCancel={closeDialog}
          onSigningOut={props.onSigningOut}
          onSignedOut={() => props.onSignedOut()}
        />
      )}
    </div>
  );
}

type Chat = ReturnType<typeof useConversation>;
type Draft = ReturnType<typeof useDraft>;

interface ConversationProps {
  chat: Chat;
  draft: Draft;
  messageLimit: number;
  onSend: (message: OutgoingMessage) => void;
  onStop: (turnId: string) => void;
  focusComposer: () => void;
  focusMain: () => void;
}

/**
 * Returns the message that regenerates a turn's answer. The idempotency key is the same for both presses of a double press, which
 * sends one message.
 */
const newVersion = ({ id, parent, versions, message }: ShownTurn): OutgoingMessage => ({
  key: `again-${id}-${versions.length}`,
  text: message ?? "",
  after: parent,
  edits: id,
});

/** The transcript, and what a person can do with its turns. */
function Conversation(props: ConversationProps) {
  const { chat, draft, onSend, onStop, focusComposer, focusMain } = props;
  const texts = useTexts();
  const { id } = chat.conversation;
  const edit = (turn: ShownTurn, text: Edit | null) => drafts.writeEdit(id, turn.id, text);
  return (
    <LateTranscript
      conversation={chat.conversation}
      isLoading={chat.transcript === "loading"}
      isReconnecting={chat.isReconnecting}
      isSwitching={chat.isSwitching}
      stoppingTurnId={chat.stoppingTurnId}
      edits={draft.edits}
      messageLimit={props.messageLimit}
      onStop={onStop}
      onLoadEarlier={chat.loadEarlier}
      onAgain={(turn) => turn.message !== null && onSend(newVersion(turn))}
      onContinue={({ id: cut }) =>
        onSend({ key: `continue-${cut}`, text: texts.turn.continueMessage })
      }
      onSuggestion={({ id: last }, text, index) =>
        onSend({ key: `suggestion-${last}-${index}`, text })
      }
      onQuote={(quote) => {
        draft.update(quote);
        focusComposer();
      }}
      onEdit={edit}
      onSendEdit={(turn, { key, text }) => {
        edit(turn, null);
        onSend({ ...newVersion(turn), key, text });
      }}
      onRewrite={(turn, text) => chat.rewrite(turn.id, text)}
      onShowBranch={chat.showBranch}
      onStopAndEdit={(turn) => {
        const begun = { text: turn.message ?? "", key: null };
        void chat.stop(turn.id).then((isAccepted) => isAccepted && edit(turn, begun));
      }}
      onDecide={chat.decide}
      // On a touch screen a keyboard would cover the answer that goes on.
      onLastDecided={matchMedia("(pointer: fine)").matches ? focusComposer : focusMain}
    />
  );
}

/** Calls `onChange` once the transcript is loaded, then for each new id or turn, and when the first answer begins. */
function useReportChange(
  { transcript, conversation }: Chat,
  onChange: ConversationPaneProps["onChange"],
) {
  const { id, turns } = conversation;
  const newest = turns.at(-1);
  const isBegun = turns.some(hasBegun);
  const reported = useRef("");

  // biome-ignore lint/correctness/useExhaustiveDependencies: a growing answer changes nothing for the list
  useEffect(() => {
    if (transcript === "loading") return;
    const state = `${id} ${isBegun}`;
    // A branch that was there before is no news for the list.
    if (reported.current === state && newest && !isOpen(newest)) return;
    reported.current = state;
    onChange({ id, turnIds: turns.map((turn) => turn.id), hasBegun: isBegun });
  }, [transcript, id, newest?.id, isBegun, onChange]);
}

/** Names the conversation in the title of the tab, or says that its answer waits for a decision. */
function useDocumentTitle(title: string | null, needsDecision: boolean) {
  const { turn: texts, product } = useTexts();

  useEffect(() => {
    const named = title === null ? product : `${title} · ${product}`;
    document.title = needsDecision ? texts.decisionTitle(product) : named;
    return () => {
      document.title = product;
    };
  }, [title, needsDecision, texts, product]);
}

/** Focuses the composer. On a touch screen a keyboard would cover the conversation, so that the conversation gets the focus. */
function useFirstFocus(
  composer: RefObject<HTMLElement | null>,
  main: RefObject<HTMLElement | null>,
  isFirst: boolean,
) {
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) composer.current?.focus();
    else if (!isFirst) main.current?.focus();
  }, [composer, main, isFirst]);
}
