import { createRoot } from "react-dom/client";
import { ApiProblem } from "../api/api-problem.ts";
import { notifyOtherTabs } from "../api/other-tabs.ts";
import { getMe } from "../api/session.ts";
import { codeWay } from "../login/code-login.ts";
import { cookiesBlocked } from "../login/cookies-blocked.ts";
import { find } from "../login/element.ts";
import { type LoginWay, passwordWay, startLoginPage } from "../login/login-page.ts";
import { sessionHint } from "../login/session-hint.ts";
import { english } from "../texts/english.ts";
import { readLanguage } from "../texts/language.ts";
import { loadTranslation } from "../texts/load-translation.ts";
import { loginTexts } from "../texts/login-texts.ts";
import { TextsProvider } from "../texts/use-texts.tsx";
import { PageBoundary } from "../ui/page-boundary.tsx";
import { SharedPage } from "./shared-page.tsx";

/** Shows what the link of the address shows. Nobody needs a session until they continue from it. */
export async function startShared(body: HTMLElement): Promise<void> {
  const page = find(body, "#page");
  const login = find(body, ".login");
  login.remove();
  const translation = await loadTranslation(readLanguage());
  createRoot(page, { onCaughtError: () => {} }).render(
    <TextsProvider first={translation ?? english}>
      <PageBoundary>
        <SharedPage
          token={location.pathname.replace("/shared/", "")}
          signIn={() => signIn(page, login)}
        />
      </PageBoundary>
    </TextsProvider>,
  );
}

/** Shows the login in place of `page`, until the person has signed in. */
function signIn(page: HTMLElement, login: HTMLElement): Promise<void> {
  const texts = loginTexts(readLanguage());
  const { promise, resolve } = Promise.withResolvers<void>();
  const show = (way: LoginWay, onOtherWay: () => void) => {
    const view = login.cloneNode(true) as HTMLElement;
    const field = startLoginPage(view, {
      texts,
      reason: "firstVisit",
      way,
      onOtherWay,
      signIn: enter,
    });
    for (const shown of document.querySelectorAll("body > .login")) shown.remove();
    page.hidden = true;
    view.hidden = false;
    page.after(view);
    field.focus();
  };
  const showPassword = () => show(passwordWay(texts), showCode);
  const showCode = () => show(codeWay(texts, ""), showPassword);
  const enter = async (send: () => Promise<void>) => {
    await send();
    await getMe().catch((error) => {
      throw error instanceof ApiProblem && error.status === 401 ? cookiesBlocked() : error;
    });
    sessionHint.write(true);
    notifyOtherTabs({ what: "signed-in" });
    find(document.body, ".login").remove();
    page.hidden = false;
    resolve();
  };
  showPassword();
  return promise;
}
