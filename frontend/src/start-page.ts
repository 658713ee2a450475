import { ApiProblem } from "./api/api-problem.ts";
import { notifyOtherTabs, subscribeToOtherTabs } from "./api/other-tabs.ts";
import { getMe } from "./api/session.ts";
import { clearTabStorage } from "./chat/conversation/tab-storage.ts";
import type { Limits } from "./chat/limits.ts";
import type { MountedChat } from "./chat/mount-chat.tsx";
import { forgetOwner, loadChat } from "./load-chat.ts";
import { afterFirstPaint } from "./login/after-first-paint.ts";
import { codeWay, createCodeQuestion } from "./login/code-login.ts";
import { cookiesBlocked } from "./login/cookies-blocked.ts";
import { find } from "./login/element.ts";
import { takeLinkedCode } from "./login/linked-code.ts";
import {
  type LoginReason,
  type LoginWay,
  passwordWay,
  startLoginPage,
} from "./login/login-page.ts";
import { createUnreachablePage, startCheckPage } from "./login/session-check.ts";
import { sessionHint } from "./login/session-hint.ts";
import { registerServiceWorker } from "./offline/register-service-worker.ts";
import { readLanguage } from "./texts/language.ts";
import { loginTexts } from "./texts/login-texts.ts";

type Session =
  | { status: "signed-in"; limits: Limits }
  | { status: "signed-out" }
  /** The service could not say whether this browser has a session. */
  | { status: "unknown"; problem: ApiProblem };

/**
 * Shows the chat in `page` if this browser has a session, else the login. Without a hint of a session the login appears
 * before the service has answered. The chat then loads while the person reads and types.
 */
export function startPage(page: HTMLElement): void {
  const takeLogin = takeOnce(find(page, ".login"));
  const takeShell = takeOnce(find(page, ".shell"));
  let chat: MountedChat | null = null;
  let isLoginShown = false;
  let hasSignedIn = false;
  let currentStep = {};
  /** Waits for the person's decision: a link must not sign a browser in by itself. */
  let linkedCode = takeLinkedCode();

  /** Begins a step. Returns a function that returns whether the step is still the newest one. */
  function beginStep(): () => boolean {
    const step = {};
    currentStep = step;
    return () => currentStep === step;
  }

  function show(view: HTMLElement): void {
    chat?.unmount();
    chat = null;
    isLoginShown = false;
    view.hidden = false;
    // What index.html has painted stays in its place, with its focus.
    if (view.parentElement !== page) page.replaceChildren(view);
    else for (const other of [...page.children]) if (other !== view) other.remove();
  }

  /** Returns the texts for a page before the chat. */
  function readTexts() {
    const texts = loginTexts(readLanguage());
    document.documentElement.lang = texts.language;
    return texts;
  }

  function showLogin(reason: LoginReason): void {
    if (linkedCode !== null) showCodeLogin(reason, linkedCode);
    else showLoginWith(passwordWay(readTexts()), reason, () => showCodeLogin(reason, ""));
  }

  function showCodeLogin(reason: LoginReason, code: string): void {
    const onOtherWay = () => {
      linkedCode = null;
      showLogin(reason);
    };
    showLoginWith(codeWay(readTexts(), code), reason, onOtherWay);
  }

  function showLoginWith(way: LoginWay, reason: LoginReason, onOtherWay: () => void): void {
    const options = { texts: readTexts(), reason, way, onOtherWay, signIn };
    const view = takeLogin();
    const field = startLoginPage(view, options);
    show(view);
    isLoginShown = true;
    field.focus();
  }

  function showUnreachable(problem: ApiProblem, onRetry: () => void): void {
    show(createUnreachablePage(problem, readTexts(), onRetry));
  }

  /** Shows what the service says about this browser. A shown login stays, together with what the person has typed. */
  async function checkSession(): Promise<void> {
    const isNewest = beginStep();
    const session = await readSession();
    if (!isNewest()) return;
    if (session.status !== "signed-out") await showSession(session, isNewest);
    else if (!isLoginShown) showLogin("firstVisit");
  }

  function checkAgain(): void {
    const view = takeShell();
    startCheckPage(view, readTexts());
    show(view);
    void checkSession();
  }

  /** Another tab has signed in. Any response but a session changes nothing here. */
  async function followSignIn(): Promise<void> {
    const session = await readSession();
    if (session.status === "signed-in") await showSession(session, beginStep());
  }

  async function showSession(
    session: Exclude<Session, { status: "signed-out" }>,
    isNewest: () => boolean,
  ): Promise<void> {
    if (session.status === "unknown") showUnreachable(session.problem, checkAgain);
    else await showChat(session.limits, isNewest);
  }

  async function showChat(limits: Limits, isNewest: () => boolean): Promise<void> {
    if (chat !== null) return chat.setLimits(limits);
    if (linkedCode !== null) return askAboutCode();
    try {
      const { mount, translation } = await loadChat();
      if (!isNewest()) return;
      isLoginShown = false;
      chat = mount(page, { limits, translation, hasSignedIn, onSessionEnded, onSignedOut });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      reportError(error.cause);
      // Only a reload repeats the download: browsers remember that a module has failed.
      if (isNewest()) showUnreachable(error, () => location.reload());
    }
  }

  function askAboutCode(): void {
    const onKeep = () => {
      linkedCode = null;
      checkAgain();
    };
    show(createCodeQuestion(readTexts(), { onKeep, onSignedOut }));
  }

  async function signIn(send: () => Promise<void>): Promise<void> {
    beginStep();
    await send();
    hasSignedIn = true;
    linkedCode = null;
    sessionHint.write(true);
    const isNewest = beginStep();
    const session = await readSession();
    if (!isNewest()) return;
    if (session.status === "signed-out") throw cookiesBlocked();
    await showSession(session, isNewest);
    notifyOtherTabs({ what: "signed-in" });
  }

  /** The chat keeps its drafts and outboxes in the tab. A late 401 must not change the page of a person who has signed out. */
  function onSessionEnded(): void {
    if (chat === null) return;
    beginStep();
    sessionHint.write(false);
    showLogin("sessionExpired");
  }

  function onSignedOut(reason: LoginReason = "signedOut"): void {
    leave(reason);
    notifyOtherTabs({ what: "signed-out" });
  }

  /** Removes everything of the owner from this tab. Must unmount the chat first: on unmount the chat saves its outbox. */
  function leave(reason: LoginReason): void {
    beginStep();
    sessionHint.write(false);
    showLogin(reason);
    forgetOwner();
    clearTabStorage();
    if (location.pathname !== "/") history.replaceState(null, "", "/");
  }

  subscribeToOtherTabs(({ what }) => {
    if (what === "signed-out") leave("signedOut");
    if (what === "signed-in") void followSignIn();
  });
  afterFirstPaint(registerServiceWorker);
  if (sessionHint.read()) {
    // The chat loads beside the request, so that a signed-in person waits for the slower one only.
    checkAgain();
    preloadChat();
  } else {
    void checkSession();
    showLogin("firstVisit");
    afterFirstPaint(preloadChat);
  }
}

/** Returns a function that returns the element of index.html, and from the second call on a copy of it as it was. */
function takeOnce(painted: HTMLElement): () => HTMLElement {
  const copy = painted.cloneNode(true);
  let isTaken = false;
  return () => {
    if (isTaken) return copy.cloneNode(true) as HTMLElement;
    isTaken = true;
    return painted;
  };
}

/** A failure is not reported here: the chat loads again when the person signs in. */
function preloadChat(): void {
  loadChat().catch(() => {});
}

/** Asks the service, and remembers the answer as the hint for the next visit. */
async function readSession(): Promise<Session> {
  try {
    const me = await getMe();
    sessionHint.write(true);
    const limits = {
      messageLimit: me.message_limit,
      threadTokens: me.thread_tokens,
      idleDays: me.conversation_idle_days,
      hasDocuments: me.documents === true,
      models: me.models,
      demoGuideUrl: me.demo?.guide_url,
    };
    return { status: "signed-in", limits };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status !== 401) return { status: "unknown", problem: error };
    sessionHint.write(false);
    return { status: "signed-out" };
  }
}
