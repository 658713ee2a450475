import { useCallback, useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { ApiProblem } from "./api/api-problem.ts";
import { getMe } from "./api/client.ts";
import { notifyOtherTabs, subscribeToOtherTabs } from "./api/other-tabs.ts";
import { ChatPage } from "./chat/chat-page.tsx";
import { drafts } from "./chat/composer/drafts.ts";
import { cancelSends } from "./chat/conversation/outbox-sender.ts";
import { replaceRoute } from "./chat/conversation/route.ts";
import { clearTabStorage } from "./chat/conversation/tab-storage.ts";
import { LoginPage } from "./login/login-page.tsx";
import { CheckingSession, ServiceUnreachable } from "./login/session-check.tsx";

type Session =
  | { status: "checking" }
  | { status: "signed-in"; messageLimit: number }
  | { status: "signed-out"; reason: "firstVisit" | "sessionExpired" | "signedOut" }
  /** The service could not say whether this browser has a session. */
  | { status: "unknown"; problem: ApiProblem };

/** Shows the chat if this browser has a session, else the login page. */
export function App() {
  const [session, setSession] = useState<Session>({ status: "checking" });

  const check = async () => {
    setSession({ status: "checking" });
    setSession(await readSession());
  };

  /** Removes everything of the owner from this tab. Must unmount the chat first: on unmount the chat saves its outbox. */
  const leave = useCallback(() => {
    flushSync(() => setSession({ status: "signed-out", reason: "signedOut" }));
    cancelSends();
    drafts.clear();
    clearTabStorage();
    replaceRoute(null);
  }, []);

  useEffect(() => {
    void readSession().then(setSession);
    return subscribeToOtherTabs(({ what }) => {
      if (what === "signed-out") leave();
      if (what === "signed-in")
        void readSession().then((now) => now.status === "signed-in" && setSession(now));
    });
  }, [leave]);

  switch (session.status) {
    case "checking":
      return <CheckingSession />;
    case "signed-in":
      return (
        <ChatPage
          messageLimit={session.messageLimit}
          onSessionEnded={() => setSession(expire)}
          onSignedOut={() => {
            leave();
            notifyOtherTabs({ what: "signed-out" });
          }}
        />
      );
    case "signed-out":
      return (
        <LoginPage
          reason={session.reason}
          onSignedIn={async () => {
            setSession(await readSession());
            notifyOtherTabs({ what: "signed-in" });
          }}
        />
      );
    case "unknown":
      return <ServiceUnreachable problem={session.problem} onRetry={() => void check()} />;
  }
}

/** A late 401 must not change the page of a person who has signed out already. */
const expire = (session: Session): Session =>
  session.status === "signed-in" ? { status: "signed-out", reason: "sessionExpired" } : session;

async function readSession(): Promise<Session> {
  try {
    const { message_limit } = await getMe();
    return { status: "signed-in", messageLimit: message_limit };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    return error.status === 401
      ? { status: "signed-out", reason: "firstVisit" }
      : { status: "unknown", problem: error };
  }
}
