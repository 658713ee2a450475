import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { forgetUploads } from "../documents/forget-uploads.ts";
import { english, type Texts } from "../texts/english.ts";
import { TextsProvider } from "../texts/use-texts.tsx";
import { PageBoundary } from "../ui/page-boundary.tsx";
import { noteAction, watchForAction } from "../ui/use-has-acted.ts";
import { ChatPage } from "./chat-page.tsx";
import { drafts } from "./composer/drafts.ts";
import { cancelSends } from "./conversation/outbox-sender.ts";
import type { Limits } from "./limits.ts";
import { loadTranscript } from "./transcript/late-transcript.tsx";

// Once the chat has arrived, the transcript loads beside what the chat waits for. `LateTranscript` reports a failure.
loadTranscript().catch(() => {});
watchForAction();

export interface MountChatOptions {
  limits: Limits;
  /** Null shows the chat in English. */
  translation: Texts | null;
  /** Whether the person has just signed in on this page. */
  hasSignedIn: boolean;
  onSessionEnded: () => void;
  onSignedOut: (reason?: "deleted") => void;
}

export interface MountedChat {
  setLimits(limits: Limits): void;
  /** Removes the chat from the page. Before that, the chat saves its outbox in the tab. */
  unmount(): void;
}

/** Shows the chat of the signed-in person in `page`. */
export function mount(page: HTMLElement, options: MountChatOptions): MountedChat {
  const { translation, onSessionEnded, onSignedOut } = options;
  if (options.hasSignedIn) noteAction();
  // `FaultBoundary` reports each fault itself, once, with the name of the part.
  const root = createRoot(page, { onCaughtError: () => {} });
  const render = (limits: Limits) =>
    root.render(
      <TextsProvider first={translation ?? english}>
        <PageBoundary>
          <ChatPage limits={limits} onSessionEnded={onSessionEnded} onSignedOut={onSignedOut} />
        </PageBoundary>
      </TextsProvider>,
    );
  // The page before the chat stays until the browser can paint the chat.
  flushSync(() => render(options.limits));
  return { setLimits: render, unmount: () => root.unmount() };
}

/** Stops all work for the owner, and forgets what is in memory. The tab's storage is the caller's. */
export function forgetOwner(): void {
  cancelSends();
  drafts.clear();
  forgetUploads();
}
