import { useEffect, useState } from "react";
import { ApiProblem } from "./api/api-problem.ts";
import { me } from "./api/client.ts";
import { ChatPage } from "./chat/chat-page.tsx";
import { drafts } from "./chat/drafts.ts";
import { abandonSending } from "./chat/live-conversation.ts";
import { renamePlace } from "./chat/place.ts";
import { clearTabStorage } from "./chat/tab-storage.ts";
import { LoginPage } from "./login/login-page.tsx";
import { Unreachable } from "./login/unreachable.tsx";

type Session =
  | { is: "checking" }
  | { is: "signed-in" }
  /** `ended`: it was signed in before, in this very tab. */
  | { is: "signed-out"; because: "never" | "ended" | "asked" }
  | { is: "unknown"; problem: ApiProblem };

/** Shows the chat to who is signed in, and the login to who is not. */
export function App() {
  const [session, setSession] = useState<Session>({ is: "checking" });

  const check = async () => {
    setSession({ is: "checking" });
    setSession(await readSession());
  };

  useEffect(() => {
    void readSession().then(setSession);
  }, []);

  switch (session.is) {
    case "checking":
      return null;
    case "signed-in":
      return (
        <ChatPage
          onSessionEnded={() => setSession({ is: "signed-out", because: "ended" })}
          onSignedOut={() => {
            abandonSending();
            drafts.clear();
            clearTabStorage();
            renamePlace(null);
            setSession({ is: "signed-out", because: "asked" });
          }}
        />
      );
    case "signed-out":
      return (
        <LoginPage because={session.because} onSignedIn={() => setSession({ is: "signed-in" })} />
      );
    case "unknown":
      return <Unreachable problem={session.problem} onRetry={() => void check()} />;
  }
}

async function readSession(): Promise<Session> {
  try {
    await me();
    return { is: "signed-in" };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    return error.status === 401
      ? { is: "signed-out", because: "never" }
      : { is: "unknown", problem: error };
  }
}
