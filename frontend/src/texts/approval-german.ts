import type { ApprovalTexts } from "./approval-english.ts";
import { toolNames } from "./tool-names.ts";

const number = new Intl.NumberFormat("de");
const format = (value: number) => number.format(value);

export const approvalGerman: ApprovalTexts = {
  toolNames: toolNames.de,
  question: (tool) => `${tool}?`,
  list: "Entscheidungen",
  noArguments: "Keine Einzelheiten",
  characters: (count) => `Alle ${format(count)} Zeichen anzeigen`,
  before: {
    done: (time) =>
      `Derselbe Schritt wurde am ${time} ausgeführt. Wenn du zustimmst, wird er noch einmal ausgeführt.`,
    failed: (time) => `Derselbe Schritt schlug am ${time} fehl.`,
    unknown: (time) =>
      `Niemand weiß, ob derselbe Schritt vom ${time} ausgeführt wurde. Wenn du zustimmst, wird er vielleicht zweimal ausgeführt.`,
  },
  nothingDone: "Noch wurde nichts ausgeführt.",
  next: "Die Antwort geht weiter, sobald du entschieden hast.",
  nextOfSeveral: (count) =>
    `Die Antwort geht weiter, sobald du über die ${format(count)} offenen Schritte entschieden hast.`,
  expires: (time) => `Du kannst bis ${time} entscheiden.`,
  approve: "Zustimmen",
  approving: "Wird gesendet …",
  approveAll: "Allen zustimmen",
  deny: "Ablehnen",
  denying: "Wird abgelehnt …",
  denyAll: "Alle ablehnen",
  approveTool: (tool) => `Zustimmen: ${tool}`,
  denyTool: (tool) => `Ablehnen: ${tool}`,
  note: "Hinweis an das Modell (freiwillig)",
  cancel: "Abbrechen",
  decided: {
    approved:
      "Zugestimmt. Der Schritt wird ausgeführt, sobald du über die anderen entschieden hast.",
    denied: "Abgelehnt.",
    expired: "Niemand hat rechtzeitig entschieden. Dieser Schritt wird nicht ausgeführt.",
    void: "Die Antwort ist beendet. Dieser Schritt wurde nicht ausgeführt.",
  },
  notDecided: "Es wurde nichts entschieden.",
  budgetUsedUp: (time) =>
    `Das Budget für Antworten ist aufgebraucht. Es erneuert sich am ${time}. Es wurde nichts entschieden; entscheide dann noch einmal.`,
  uncertain:
    "Deine Entscheidung ist vielleicht gespeichert. Drücke noch einmal, um sicherzugehen; sie zählt nur einmal.",

  link: {
    heading: "Entscheidung über einen Schritt",
    loading: "Wird geladen …",
    introduction: "Der Assistent fragt, bevor er das ausführt:",
    onlyThis: "Dieser Link zeigt diesen Schritt und sonst nichts aus dem Chat.",
    decisionSaved: {
      approve: "Zugestimmt. Die Antwort geht weiter, sobald über alle Schritte entschieden ist.",
      deny: "Abgelehnt. Das Modell erfährt, dass es das nicht darf.",
    },
    over: {
      approved: "Diesem Schritt wurde schon zugestimmt.",
      denied: "Dieser Schritt wurde schon abgelehnt.",
      expired:
        "Dieser Link ist abgelaufen. Niemand hat rechtzeitig entschieden, und der Schritt wird nicht ausgeführt.",
      void: "Dieser Schritt braucht keine Entscheidung mehr. Die Antwort ist beendet.",
    },
    invalid: "Dieser Link funktioniert nicht. Er ist vielleicht abgelaufen oder unvollständig.",
    changed: "Dieser Schritt hat sich seit dem Link geändert. Entscheide im Chat.",
    alreadyDecided: "Jemand anders hat diesen Schritt anders entschieden.",
    openChat: "Chat öffnen",
  },
};
