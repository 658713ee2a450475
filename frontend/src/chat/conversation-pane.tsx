import { useRef, useState } from "react";
import type { Commands } from "../commands/command.ts";
import { useShortcuts } from "../commands/use-shortcuts.ts";
import type { CurrentConversation } from "../conversations/conversation-list-store.ts";
import { LateDemoBanner } from "../demo/late-demo-banner.tsx";
import { LateDemoCards } from "../demo/late-demo-cards.tsx";
import { composerFiles } from "../documents/composer-files.ts";
import { LateAttachments } from "../documents/late-attachments.tsx";
import { LateRefusedFiles } from "../documents/late-refused-files.ts";
import { useDocumentTools } from "../documents/use-document-tools.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { randomId } from "../ui/random-id.ts";
import { useHasActed } from "../ui/use-has-acted.ts";
import { useIncomingFiles } from "../ui/use-incoming-files.ts";
import { useOnline } from "../ui/use-online.ts";
import { LateSpokenAnswer } from "./answer/late-spoken-answer.tsx";
import styles from "./chat-page.module.css";
import { Composer } from "./composer/composer.tsx";
import { ContextMeter } from "./composer/context-meter.tsx";
import { canDictate, LateDictateButton } from "./composer/late-dictate-button.tsx";
import { useDraft } from "./composer/use-draft.ts";
import { estimateContext } from "./conversation/context-size.ts";
import { countUnanswered } from "./conversation/conversation-selectors.ts";
import type { OutgoingMessage } from "./conversation/conversation-state.ts";
import { useConversation } from "./conversation/use-conversation.ts";
import { conversationCommands } from "./conversation-commands.ts";
import type { DialogName } from "./dialogs/dialog-name.ts";
import { LateDialogs } from "./dialogs/late-dialogs.ts";
import { ChatHeader } from "./header/chat-header.tsx";
import type { Limits } from "./limits.ts";
import { ModelButton } from "./settings/model-button.tsx";
import { ConversationTranscript } from "./transcript/conversation-transcript.tsx";
import { Notices } from "./transcript/notices.tsx";
import { useStickToBottom } from "./transcript/use-stick-to-bottom.ts";
import { useDocumentTitle } from "./use-document-title.ts";
import { useFirstFocus } from "./use-first-focus.ts";
import { useReportChange } from "./use-report-change.ts";
import { LateExamples } from "./welcome/late-examples.tsx";
import { Welcome } from "./welcome/welcome.tsx";

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
  const { conversationId, limits, onSessionEnded } = props;
  const composer = useRef<HTMLTextAreaElement>(null);
  const main = useRef<HTMLElement>(null);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const texts = useTexts();
  const hasActed = useHasActed();
  const isOnline = useOnline();
  const chat = useConversation(conversationId, props);
  const { id, turns, outbox, settings } = chat.conversation;
  const draft = useDraft(id);
  const isEmpty = chat.transcript === "ready" && turns.length + outbox.length === 0;
  const { isStuck, stick } = useStickToBottom(turns.length + outbox.length > 0);
  const documentTools = useDocumentTools(limits.hasDocuments, hasActed);
  const [refusals, setRefusals] = useState(0);
  // Without documents too: otherwise the browser would leave the page and open a dropped file.
  const isDragged = useIncomingFiles((files) =>
    limits.hasDocuments ? composerFiles.choose(files) : setRefusals((before) => before + 1),
  );
  const focusComposer = () => composer.current?.focus();
  const closeDialog = () => setDialog(null);

  useReportChange(chat, props.onChange);
  useDocumentTitle(props.title, chat.stoppable?.needsDecision ?? false);
  useFirstFocus(composer, main, props.isFirst);

  const send = (message: OutgoingMessage | undefined) => {
    if (message === undefined) return;
    stick();
    chat.send(message);
    // The button that had the focus may be disabled now.
    focusComposer();
  };
  /** Sends the draft, with its files once they can be used. */
  const sendDraft = (isPatient = true) => send(composerFiles.addTo(draft.take, isPatient));
  const sendExample = (text: string) => send({ key: randomId(), text });
  const insert = (text: string) => {
    draft.type(text);
    focusComposer();
  };
  const stop = (turnId: string) => {
    void chat.stop(turnId);
    focusComposer();
  };

  const commands: Commands = {
    ...conversationCommands(chat, {
      ...{ texts, send, stop, focusComposer, openDialog: setDialog },
      hasDocuments: documentTools !== null,
    }),
    newChat: props.onNewChat,
    search: props.onSearch,
    toggleList: props.onToggleList,
  };
  useShortcuts(commands);

  // Beside the list there is room for the composer in the middle, and the examples below it.
  const isWide = props.onShowList === null;
  const isDemo = limits.demoGuideUrl !== undefined;
  const examples =
    isEmpty &&
    (isDemo ? (
      <LateDemoCards onSend={sendExample} />
    ) : (
      <LateExamples hasDocuments={limits.hasDocuments} onSend={sendExample} />
    ));

  return (
    <div className={styles.page} data-empty={isEmpty || undefined}>
      <ChatHeader
        title={props.title}
        onShowList={props.onShowList}
        isDemo={isDemo}
        modelButton={
          <ModelButton
            models={limits.models}
            settings={settings}
            // The message that begins the conversation takes the settings along.
            isDisabled={chat.transcript === "loading" || (id === null && outbox.length > 0)}
            onPress={() => setDialog("model")}
          />
        }
        commands={commands}
      />
      {limits.demoGuideUrl !== undefined && <LateDemoBanner guideUrl={limits.demoGuideUrl} />}
      <main className={styles.main} ref={main} tabIndex={-1}>
        <div className={styles.column}>
          {isEmpty ? (
            <Welcome hasDocuments={limits.hasDocuments} />
          ) : (
            <ConversationTranscript
              chat={chat}
              draft={draft}
              messageLimit={limits.messageLimit}
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
          {refusals > 0 && <LateRefusedFiles refusals={refusals} />}
          <Notices chat={chat} isOnline={isOnline} />
          <Composer
            field={composer}
            text={draft.text}
            messageLimit={limits.messageLimit}
            context={
              <ContextMeter
                size={estimateContext(chat.conversation)}
                maxTokens={limits.threadTokens}
              />
            }
            onType={draft.type}
            onSend={() => sendDraft()}
            attachButton={
              <>
                {documentTools && <documentTools.AttachButton />}
                {hasActed && canDictate() && <LateDictateButton onWrite={draft.update} />}
              </>
            }
            attachments={
              limits.hasDocuments && (
                <LateAttachments
                  conversationId={id}
                  onSend={sendDraft}
                  onSessionEnded={onSessionEnded}
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
          isDragged={isDragged}
          isListOpen={dialog === "documents"}
          onCloseList={closeDialog}
          onSessionEnded={onSessionEnded}
        />
      )}
      {dialog !== null && dialog !== "documents" && (
        <LateDialogs
          open={dialog}
          limits={limits}
          conversationId={id}
          settings={settings}
          onChangeSettings={chat.changeSettings}
          commands={commands}
          chats={props.chats}
          onOpenChat={props.onOpenChat}
          onInsert={insert}
          onImported={props.onDelivered}
          onClose={closeDialog}
          onSessionEnded={onSessionEnded}
          onSigningOut={props.onSigningOut}
          onSignedOut={props.onSignedOut}
        />
      )}
    </div>
  );
}
