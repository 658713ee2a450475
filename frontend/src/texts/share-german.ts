import type { ShareTexts } from "./share-english.ts";

export const shareGerman: ShareTexts = {
  explanation:
    "Wer den Link hat, kann diesen Chat ohne Anmeldung so lesen, wie er jetzt ist. Spätere Nachrichten zeigt er nicht.",
  days: "Gültig für",
  dayCount: (count) => `${count} ${count === 1 ? "Tag" : "Tage"}`,
  withTools: "Eingaben und Ergebnisse der Werkzeuge zeigen",
  create: "Link erstellen",
  creating: "Link wird erstellt …",
  links: (count) =>
    count === 0
      ? "Keine Links zu diesem Chat"
      : `${count} ${count === 1 ? "Link" : "Links"} zu diesem Chat`,
  list: "Links",
  madeAt: (time) => `Erstellt: ${time}`,
  expiresAt: (time) => `Läuft ab: ${time}`,
  hasTools: "Mit Werkzeugen",
  remove: "Link löschen",
  sharedChat: "Geteilter Chat",
  asOf: (time) => `Stand: ${time}`,
  loading: "Chat wird geladen …",
  unknown: "Dieser Link ist ungültig oder abgelaufen.",
  openChat: "Chat öffnen",
  earlier: "Frühere Nachrichten laden",
  continue: "Von hier weiterschreiben",
  continuing: "Wird kopiert …",
  continueNote: "Legt eine Kopie in deinen eigenen Chats an. Das Original bleibt, wie es ist.",
  message: "Nachricht",
  answer: "Antwort",
  tools: "Werkzeuge",
  sources: "Quellen",
};
