import { useCallback, useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { ApiProblem } from "./api/api-problem.ts";
import { me } from "./api/client.ts";
import { notifyOtherTabs, subscribeToOtherTabs } from "./api/other-tabs.ts";
import { ChatPage } from "./chat/chat-page.tsx";
import { drafts } from "./chat/composer/drafts.ts";
import { cancelSends } from "./chat/conversation/outbox-sender.ts";
import { replaceRoute } from "./chat/conversation/route.ts";
import { clearTabStorage } from "./chat/conversation/tab-storage.ts";
import { Checking } from "./login/checking.tsx";
import { LoginPage } from "./login/login-page.tsx";
import { Unreachable } from "./login/unreachable.tsx";

type Session =
  | { is: "checking" }
  | { is: "signed-in"; messageLimit: number }
  /** `sessionExpired`: it was signed in before, in this very tab. */
  | { is: "signed-out"; because: "firstVisit" | "sessionExpired" | "signedOut" }
  | { is: "unknown"; problem: ApiProblem };

/** Shows the chat to who is signed in, and the login to who is not. */
export function App() {
  const [session, setSession] = useState<Session>({ is: "checking" });

  const check = async () => {
    setSession({ is: "checking" });
    setSession(await readSession());
  };

  /** Nothing of the person stays. The chat goes first, as it keeps what it has not done. */
  const leave = useCallback(() => {
    flushSync(() => setSession({ is: "signed-out", because: "signedOut" }));
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
        void readSession().then((now) => now.is === "signed-in" && setSession(now));
    });
  }, [leave]);

  switch (session.is) {
    case "checking":
      return <Checking />;
    case "signed-in":
      return (
        <ChatPage
          messageLimit={session.messageLimit}
          onSessionEnded={() => setSession(ended)}
          onSignedOut={() => {
            leave();
            notifyOtherTabs({ what: "signed-out" });
          }}
        />
      );
    case "signed-out":
      return (
        <LoginPage
          because={session.because}
          onSignedIn={async () => {
            setSession(await readSession());
            notifyOtherTabs({ what: "signed-in" });
          }}
        />
      );
    case "unknown":
      return <Unreachable problem={session.problem} onRetry={() => void check()} />;
  }
}

/** Who has left already hears nothing of a request that was still under way. */
const ended = (session: Session): Session =>
  session.is === "signed-in" ? { is: "signed-out", because: "sessionExpired" } : session;

async function readSession(): Promise<Session> {
  try {
    const { message_limit } = await me();
    return { is: "signed-in", messageLimit: message_limit };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    return error.status === 401
      ? { is: "signed-out", because: "firstVisit" }
      : { is: "unknown", problem: error };
  }
}
