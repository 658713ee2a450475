import { ApiProblem } from "../api/api-problem.ts";
import { cookiesBlocked } from "../login/cookies-blocked.ts";
import { element, find } from "../login/element.ts";
import { passwordWay, startLoginPage } from "../login/login-page.ts";
import { card, createUnreachablePage } from "../login/session-check.ts";
import { readLanguage } from "../texts/language.ts";
import { loadTranslation } from "../texts/load-translation.ts";
import { loginTexts } from "../texts/login-texts.ts";
import { operatorTexts } from "../texts/operator-texts.ts";
import { storedText } from "../ui/stored-text.ts";
import { mountFigures } from "./operator-page.tsx";
import { getReport, signInAsOperator } from "./operator-requests.ts";

/** Whether this browser probably has an operator's session. Without the hint, the page sends nothing before the sign-in. */
const hint = storedText("localStorage", "operator-signed-in");

/** Shows the figures of the service in `page` if this browser has an operator's session, else a login of its own. */
export function mountOperator(page: HTMLElement): void {
  const language = readLanguage();
  const words = operatorTexts(language);
  const texts = { ...loginTexts(language), product: words.title };
  const login = find(page, ".login");
  let unmount = () => {};
  document.documentElement.lang = language;
  document.title = `${words.title} · ${loginTexts(language).product}`;

  function show(view: HTMLElement): void {
    unmount();
    unmount = () => {};
    view.hidden = false;
    page.replaceChildren(view);
  }

  function showLogin(firstVisit: string): void {
    hint.write(null);
    const view = login.cloneNode(true) as HTMLElement;
    find(view, "h1").textContent = words.title;
    const greeting = { ...texts.login.greeting, firstVisit };
    const field = startLoginPage(view, {
      texts: { ...texts, login: { ...texts.login, greeting } },
      reason: "firstVisit",
      way: { ...passwordWay(texts), send: signInAsOperator },
      signIn,
    });
    show(view);
    field.focus();
  }

  async function signIn(send: () => Promise<void>): Promise<void> {
    await send();
    try {
      await showFigures();
    } catch (error) {
      throw error instanceof ApiProblem && error.status === 401 ? cookiesBlocked() : error;
    }
  }

  /** @throws ApiProblem */
  async function showFigures(): Promise<void> {
    const [report, translation] = await Promise.all([getReport(1), loadTranslation(language)]);
    hint.write("yes");
    const onSessionEnded = () => showLogin(words.sessionEnded);
    const onSignedOut = () => showLogin(words.signedOut);
    unmount = mountFigures(page, { report, translation, words, onSessionEnded, onSignedOut });
  }

  async function start(): Promise<void> {
    show(card(texts, element("p", { role: "status" }, words.loading)));
    try {
      await showFigures();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) showLogin(words.sessionEnded);
      else show(createUnreachablePage(error, texts, () => void start()));
    }
  }

  if (hint.read() === null) showLogin(words.greeting);
  else void start();
}
