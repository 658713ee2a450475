import type { Texts } from "./english.ts";
import { isolated } from "./isolated.ts";

const number = new Intl.NumberFormat("de");
const format = (value: number) => number.format(value);

/** It says “du”, as colleagues do. */
export const german: Texts = {
  language: "de",
  product: "Enterprise Agentic AI",
  tryAgain: "Noch einmal versuchen",
  cancel: "Abbrechen",
  close: "Schließen",
  copy: { label: "Kopieren", answer: "Antwort kopieren", code: "Code kopieren" },
  copied: "Kopiert",
  copyRefused: "Kopieren ging nicht",
  slow: "Der Dienst hat geschlafen und wacht gerade auf; das dauert ein paar Sekunden.",
  broken: {
    words:
      "Diese Seite ist ins Stocken geraten. Was du gesagt hast, ist beim Dienst gut aufgehoben.",
    reload: "Neu laden",
  },

  login: {
    greeting: {
      never: "Melde dich mit dem Passwort deines Teams an.",
      ended:
        "Deine Sitzung ist abgelaufen. Melde dich wieder an, dann geht es weiter, wo du warst; dein Entwurf ist noch da.",
      asked: "Du bist abgemeldet.",
    },
    password: "Passwort",
    capsLock: "Die Feststelltaste ist an.",
    signIn: "Anmelden",
    signingIn: "Anmeldung läuft …",
  },

  signOut: {
    question: "Abmelden?",
    warning:
      "Die Unterhaltungen dieses Browsers sind danach für immer unerreichbar: Niemand kann sie wieder öffnen, auch du nicht.",
    stay: "Bleiben",
    signOut: "Abmelden",
    signingOut: "Abmeldung läuft …",
  },

  header: {
    conversations: "Unterhaltungen",
    newChat: "Neuer Chat",
    more: "Mehr",
    demo: "Demo-Modell",
    demoPlace: " – läuft auf diesem Rechner",
  },

  menu: {
    saveMarkdown: "Als Markdown speichern",
    saveJson: "Als JSON speichern",
    colours: "Farben",
    themes: { system: "System", light: "Hell", dark: "Dunkel" },
    language: "Sprache",
    signOut: "Abmelden",
  },

  list: {
    conversations: "Unterhaltungen",
    search: "Unterhaltungen durchsuchen",
    loadAgain: "Liste neu laden",
    loading: "Wird geladen …",
    empty: "Hier werden deine Unterhaltungen stehen.",
    nothingFound: "In keiner Unterhaltung kommen diese Wörter vor.",
    older: "Ältere anzeigen",
    deleted: (title) => `„${isolated(title)}“ ist gelöscht.`,
    undo: "Rückgängig",
    rename: "Umbenennen",
    delete: "Löschen",
    title: "Titel",
    renameIt: (title) => `Umbenennen: ${title}`,
    deleteIt: (title) => `Löschen: ${title}`,
  },

  welcome: {
    question: "Was kann ich für dich tun?",
    beginnings: ["Hallo, ich heiße …", "Was sind 12,5 % von 480?", "Wie spät ist es in Tokio?"],
  },

  transcript: {
    conversation: "Unterhaltung",
    loading: "Die Unterhaltung wird geladen …",
    earlier: "Frühere Nachrichten anzeigen",
    newest: "Zum Neuesten",
    above: {
      summarised: "Was darüber steht, kennt das Modell aus einer Zusammenfassung.",
      cut: "Was darüber steht, liest das Modell nicht mehr.",
    },
    you: "Du: ",
    showAll: "Alles anzeigen",
    showLess: "Weniger anzeigen",
    sending: "Wird gesendet …",
    waiting: "Wartet auf die Antwort davor.",
    takeBack: "Zurücknehmen",
  },

  turn: {
    answer: "Antwort: ",
    reasoning: "Überlegungen",
    thinking: "Denkt nach …",
    writing: "Schreibt …",
    reconnecting: "Verbindung wird wiederhergestellt …",
    takenOver: "Nach einer Unterbrechung übernommen.",
    stopped: "Angehalten.",
    answeredBeforeStop: "Die Antwort war fertig, bevor sie angehalten werden konnte.",
    cutAtLength: "Länger darf diese Antwort nicht werden.",
    fallbackModel: (model) =>
      `Diese Antwort kommt von ${model ?? "einem anderen Modell"}; das übliche war nicht verfügbar.`,
    unfinished: "Diese Antwort ist nicht fertig geworden.",
    continue: "Weiter",
    continueMessage: "Mach bitte weiter.",
    retry: "Noch einmal versuchen",
    answerAgain: "Neu antworten",
    editMessage: "Nachricht ändern",
  },

  facts: {
    about: "Zu dieser Antwort",
    time: "Zeit",
    model: "Modell",
    demo: "Demo-Modell",
    tokens: "Token",
    tokenCount: (input, cached, output) =>
      `${format(input)} gelesen${cached > 0 ? ` (${format(cached)} zwischengespeichert)` : ""}, ${format(output)} geschrieben`,
    cost: "Kosten",
    unknown: "Unbekannt",
    summary: "Ältere Nachrichten wurden zusammengefasst",
    free: "kostenlos",
    duration: "Dauer",
    attempts: "Versuche",
    attemptCount: (count) => `${count}, nach einer Unterbrechung übernommen`,
  },

  tools: {
    used: "Benutzte Werkzeuge",
    names: { calculator: "Rechner", current_time: "Uhrzeit" },
    states: { running: "läuft", done: "fertig", failed: "fehlgeschlagen" },
    input: "Eingabe",
    result: "Ergebnis",
    milliseconds: (count) => `${format(count)} ms`,
  },

  markdown: {
    image: "Bild",
    table: "Tabelle",
    code: "Code",
    formula: "Formel",
    footnotes: "Fußnoten",
    footnote: (number) => `Fußnote ${number}`,
    backToFootnoteCall: (number) => `Zurück zur Stelle von Fußnote ${number}`,
  },

  composer: {
    message: "Nachricht",
    placeholder: "Nachricht schreiben",
    editing: "Du änderst deine letzte Nachricht: Senden ersetzt sie und ihre Antwort.",
    tooMany: (count, limit) =>
      `${format(count)} Zeichen zu viel: Mehr als ${format(limit)} auf einmal gehen nicht. Kürze den Text oder schicke ihn in Teilen.`,
    leftOut: (count, limit) =>
      `Der Text hat ${format(count)} Zeichen und wurde weggelassen: Mehr als ${format(limit)} auf einmal gehen nicht.`,
    left: (count) => `Noch ${format(count)} Zeichen`,
    waiting: (count) =>
      count === 1 ? "1 Nachricht wartet" : `${format(count)} Nachrichten warten`,
    queueFull: (limit) =>
      `${format(limit)} Nachrichten warten auf ihre Antworten. Deine bleibt hier, bis die erste beantwortet ist.`,
    keys: "Enter sendet, Umschalt und Enter beginnt eine neue Zeile, Escape hält die Antwort an.",
    touchKeys:
      "Enter beginnt eine neue Zeile, die Schaltfläche Senden sendet, Escape hält die Antwort an.",
    stop: "Anhalten",
    stopping: "Hält an …",
    send: "Senden",
  },

  notices: {
    offline:
      "Du bist offline. Nichts geht verloren; sobald das Netz wieder da ist, geht es hier weiter.",
    loadAgain: "Unterhaltung neu laden",
    afterWait: {
      tryAgain: {
        now: "Du kannst es jetzt noch einmal versuchen.",
        soon: "Bald kannst du es noch einmal versuchen.",
        before: "In ",
        after: " kannst du es noch einmal versuchen.",
      },
      sendAgain: {
        now: "Deine Nachricht ist noch da; du kannst sie jetzt wieder senden.",
        soon: "Deine Nachricht ist noch da; bald kannst du sie wieder senden.",
        before: "Deine Nachricht ist noch da; in ",
        after: " kannst du sie wieder senden.",
      },
      goesOn: {
        now: "Die Antwort geht jetzt weiter.",
        soon: "Die Antwort geht bald weiter.",
        before: "Die Antwort geht in ",
        after: " weiter.",
      },
    },
    seconds: (count) => `${count} s`,
    minutes: (text) => `${text} min`,
  },

  problems: {
    invalid_password: "Das ist nicht das richtige Passwort.",
    forbidden: "Der Dienst hat diese Seite abgewiesen. Vielleicht hilft es, sie neu zu laden.",
    cross_site: "Der Dienst hat diese Seite abgewiesen. Vielleicht hilft es, sie neu zu laden.",
    not_found:
      "Unterhaltung nicht gefunden, oder sie gehört dir nicht. Deine nächste Nachricht beginnt eine neue.",
    queue_full: "Zehn Nachrichten warten schon auf ihre Antworten. Bitte warte auf die erste.",
    not_replaceable:
      "Inzwischen ist etwas Neueres gesagt worden. Deine Nachricht ist noch da; gesendet kommt sie ans Ende.",
    too_many_open_turns:
      "Zu viele deiner Nachrichten in allen Unterhaltungen warten auf Antworten. Öffne diese Unterhaltungen, damit sie beantwortet werden, oder lösche sie. Deine Nachricht ist noch da.",
    too_many_conversations:
      "Du hast so viele Unterhaltungen, wie dieser Dienst für dich aufhebt. Lösche welche, die du nicht mehr brauchst. Deine Nachricht ist noch da.",
    storage_full:
      "Deine Unterhaltungen füllen den Platz, den dieser Dienst für dich hat. Lösche welche, die du nicht mehr brauchst. Deine Nachricht ist noch da.",
    rate_limited: "Das war viel in kurzer Zeit.",
    quota_exceeded:
      "Was dieser Dienst an einem Tag ausgeben darf, ist aufgebraucht. Morgen geht es weiter.",
    service_unavailable: "Der Dienst braucht einen Moment; nichts geht verloren.",
    gateway_timeout: "Der Dienst hat zu lange für eine Antwort gebraucht.",
    model_busy: "Das Modell ist gerade ausgelastet. Bitte versuche es gleich noch einmal.",
    model_failed: "Das Modell konnte nicht antworten.",
    model_unavailable:
      "Das Modell ist gerade nicht verfügbar. An deiner Nachricht liegt es nicht; die Betreiber sind benachrichtigt.",
    deadline_exceeded: "Diese Antwort hat zu lange gedauert und wurde beendet.",
    attempts_exhausted:
      "Diese Nachricht konnte nicht beantwortet werden, obwohl es mehrmals versucht wurde.",
    internal_error: "Bei uns ist etwas schiefgegangen.",
    unreachable: "Der Dienst ist von hier aus gerade nicht zu erreichen.",
    unreadable:
      "Zwischen dieser Seite und dem Dienst ist etwas schiefgegangen. Vielleicht hilft es, neu zu laden.",
  },
  internalError: (requestId) =>
    requestId === undefined
      ? "Bei uns ist etwas schiefgegangen. Bitte versuche es noch einmal."
      : `Bei uns ist etwas schiefgegangen. Wenn das so bleibt, nenne uns bitte diese Nummer: ${requestId}.`,

  export: {
    fileName: "unterhaltung",
    begun: (time) => `Begonnen ${time}`,
    message: "Nachricht",
    answer: "Antwort",
    answerOf: (model) => `Antwort von ${model}`,
    states: {
      queued: "wartet",
      running: "läuft",
      done: "fertig",
      failed: "fehlgeschlagen",
      stopped: "angehalten",
    },
  },
};
