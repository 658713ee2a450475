import { ApiProblem } from "#frontend/api/api-problem.ts";
import type { MountChatOptions, MountedChat } from "#frontend/chat/mount-chat.tsx";
import { element, setAttribute } from "#frontend/login/element.ts";
import { problemLine } from "#frontend/login/problem-line.ts";
import type { ApprovalTexts } from "#frontend/texts/approval-english.ts";
import { approvalTexts } from "#frontend/texts/approval-texts.ts";
import { readLanguage } from "#frontend/texts/language.ts";
import { chooseLocale } from "#frontend/texts/locale.ts";
import type { LoginTexts } from "#frontend/texts/login-english.ts";
import { loginTexts } from "#frontend/texts/login-texts.ts";
import { toolName } from "#frontend/texts/tool-names.ts";
import button from "#frontend/ui/button.module.css";
import { toNotice } from "#frontend/ui/notice.ts";
import { isBlank } from "#lib/contract/blank-text.ts";
import styles from "../approvals.module.css";
import { type Decision, isUndecided, maxNoteLength } from "../decision.ts";
import { describeRefusal } from "../describe-refusal.ts";
import { describeArguments, type ShownArgument } from "../shown-arguments.ts";
import { decideLinkedCall, getLinkedCall, type LinkedCall } from "./linked-call.ts";

type Approval = NonNullable<LinkedCall["call"]["approval"]>;

interface ApprovalPageOptions {
  /** The token of the link. */
  token: string;
  texts: LoginTexts;
  onSessionEnded: () => void;
}

/** What the person has typed. Outlasts a new login. */
let typedNote = "";

/** Shows the page of an approval link in `page`: one tool call and its decision, nothing else of the conversation. */
export function mount(
  page: HTMLElement,
  { onSessionEnded }: Pick<MountChatOptions, "onSessionEnded">,
): MountedChat {
  const texts = loginTexts(readLanguage());
  const token = location.pathname.replace("/approve/", "");
  page.replaceChildren(createApprovalPage({ token, texts, onSessionEnded }));
  return { setLimits: () => {}, unmount: () => page.replaceChildren() };
}

/** Draws with the DOM, like the login: React alone is several times the size of this page. */
function createApprovalPage({ token, texts, onSessionEnded }: ApprovalPageOptions): HTMLElement {
  const words = approvalTexts(texts.language);
  const content = element("div", { class: styles.content });
  const locale = chooseLocale(texts.language, navigator.languages);
  const times = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const at = (time: string) => times.format(new Date(time));

  /** Shows a sentence that ends the matter. A screen reader reads it, because it gets the focus. */
  function conclude(...parts: (Node | string)[]): void {
    const result = element("p", { class: styles.result, tabindex: "-1" }, ...parts);
    const link = element("a", { href: "/" }, words.link.openChat);
    content.replaceChildren(result, element("p", {}, link));
    result.focus();
  }

  async function load(): Promise<void> {
    content.replaceChildren(element("p", { role: "status" }, words.link.loading));
    try {
      showLinked(await getLinkedCall(token));
    } catch (error) {
      showLoadFailure(error);
    }
  }

  function showLoadFailure(error: unknown): void {
    if (!(error instanceof ApiProblem)) throw error;
    const reason = reasonOfProblem(error, words);
    if (error.status === 401) onSessionEnded();
    else if (reason !== undefined) conclude(reason);
    else {
      const retry = element("button", { class: button.quiet, type: "button" }, texts.tryAgain);
      retry.addEventListener("click", () => void load());
      content.replaceChildren(problemLine(toNotice(error), texts), retry);
    }
  }

  function showLinked(linked: LinkedCall): void {
    const { approval } = linked.call;
    if (approval === undefined) conclude(words.link.invalid);
    else if (isUndecided(linked.call)) showCall(linked, approval);
    else conclude(words.link.over[approval.state === "open" ? "void" : approval.state]);
  }

  function showCall(linked: LinkedCall, approval: Approval): void {
    const { call } = linked;
    const tool = toolName(call.name, words.toolNames);
    const { before } = approval;
    content.replaceChildren(
      element("p", { class: styles.aside }, words.link.introduction),
      element(
        "fieldset",
        { class: styles.card },
        element("legend", {}, words.question(tool)),
        argumentList(describeArguments(call.input), words),
        ...(before
          ? [element("p", { class: styles.before }, words.before[before.state](at(before.at)))]
          : []),
        decisionForm(linked, tool),
      ),
      element(
        "p",
        { class: styles.aside },
        words.nothingDone,
        " ",
        words.expires(at(approval.expires_at)),
        " ",
        words.link.onlyThis,
      ),
    );
  }

  /** Approve, and Deny with a note. The buttons keep the focus while a decision is being sent. */
  function decisionForm(linked: LinkedCall, tool: string): HTMLElement {
    const failure = element("p", { class: styles.problem, role: "alert" });
    const note = element("textarea", {
      class: styles.note,
      id: "note",
      rows: "2",
      maxlength: String(maxNoteLength),
      dir: "auto",
    });
    note.value = typedNote;
    note.addEventListener("input", () => {
      typedNote = note.value;
    });
    const approve = choice("approve", button.primary, words.approveTool(tool));
    const deny = choice("deny", button.quiet, words.denyTool(tool));
    let isSending = false;

    function choice(decision: Decision, style: string | undefined, label: string) {
      const chosen = element(
        "button",
        { class: style, type: "button", "aria-label": label },
        words[decision],
      );
      chosen.addEventListener("click", () => void decide(decision, chosen));
      return chosen;
    }

    function setSending(value: boolean): void {
      isSending = value;
      for (const one of [approve, deny]) setAttribute(one, "aria-disabled", value && "true");
    }

    async function decide(decision: Decision, pressed: HTMLElement): Promise<void> {
      if (isSending) return;
      setSending(true);
      failure.textContent = "";
      pressed.textContent = decision === "approve" ? words.approving : words.denying;
      try {
        const text = isBlank(note.value) ? undefined : note.value;
        await decideLinkedCall(token, linked, decision, text);
        conclude(words.link.decisionSaved[decision]);
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        const reason = reasonOfProblem(error, words);
        if (error.status === 401) onSessionEnded();
        else if (reason !== undefined) conclude(reason);
        else failure.textContent = describeRefusal(error, texts, words, at);
        pressed.textContent = words[decision];
        setSending(false);
      }
    }

    return element(
      "div",
      { class: styles.denial },
      element("label", { for: "note" }, words.note),
      note,
      failure,
      element("div", { class: styles.choices }, approve, deny),
    );
  }

  document.title = words.link.heading;
  void load();
  return element(
    "main",
    { class: "login" },
    element(
      "div",
      { class: styles.page },
      element("p", { class: styles.aside }, texts.product),
      element("h1", {}, words.link.heading),
      content,
    ),
  );
}

/** Returns why the link can decide nothing any more; undefined if another attempt may succeed. */
function reasonOfProblem({ type, status }: ApiProblem, words: ApprovalTexts): string | undefined {
  const { link } = words;
  if (type === "approval_expired") return link.over.expired;
  if (type === "approval_changed") return link.changed;
  if (type === "already_decided") return link.alreadyDecided;
  return status === 400 || status === 404 ? link.invalid : undefined;
}

/** The same list as in `CallCard`. */
function argumentList(shown: ShownArgument[], words: ApprovalTexts): HTMLElement {
  if (shown.length === 0) return element("p", { class: styles.aside }, words.noArguments);
  const rows = shown.map(({ name, text, isCode, start }) =>
    element(
      "div",
      {},
      ...(name === "" ? [] : [element("dt", {}, name)]),
      element("dd", { dir: "auto", "data-code": isCode }, ...argumentText(text, start, words)),
    ),
  );
  return element("dl", { class: styles.arguments }, ...rows);
}

function argumentText(text: string, start: string | null, words: ApprovalTexts) {
  if (start === null) return [text];
  const summary = element("summary", {}, words.characters(text.length));
  return [
    element("span", { class: styles.start }, start, " …"),
    element("details", {}, summary, text),
  ];
}
