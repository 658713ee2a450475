import type { Texts } from "./english.ts";
import { loginGerman } from "./login-german.ts";
import { toolNames } from "./tool-names.ts";

const number = new Intl.NumberFormat("de");
const format = (value: number) => number.format(value);

const utcTime = new Intl.DateTimeFormat("de", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});

/** The page addresses its reader as “du”, as colleagues do. */
export const german: Texts = {
  ...loginGerman,
  cancel: "Abbrechen",
  close: "Schließen",
  copy: {
    label: "Kopieren",
    answer: "Antwort kopieren",
    code: "Code kopieren",
    link: "Link kopieren",
    csv: "Als CSV kopieren",
    copied: "Kopiert",
    failed: "Kopieren fehlgeschlagen",
  },
  crash: {
    message: "Die Seite ist abgestürzt. Deine Nachrichten sind gespeichert.",
    reload: "Neu laden",
    partNotLoaded: "Dieser Teil der Seite wurde nicht geladen.",
  },

  signOut: {
    question: "Auf diesem Gerät abmelden?",
    consequence: (days) =>
      `Danach kannst du deine Unterhaltungen nur noch auf deinen anderen Geräten öffnen. Ohne ein anderes Gerät kann sie niemand mehr öffnen. ${
        days === null
          ? "Sie werden nicht automatisch gelöscht."
          : `Jede wird ${format(days)} ${days === 1 ? "Tag" : "Tage"} nach ihrer letzten Nachricht gelöscht.`
      }`,
    signOut: "Abmelden",
    signingOut: "Abmeldung läuft …",
  },

  header: {
    conversations: "Unterhaltungen",
    newChat: "Neuer Chat",
    menu: "Menü",
    demoModel: "Demo-Modell",
    demoPlace: " – läuft auf diesem Rechner",
    skip: "Zum Chat springen",
  },

  modelButton: {
    title: "Modell und Anweisungen",
    efforts: { low: "denkt wenig nach", medium: "denkt mehr nach", high: "denkt viel nach" },
    instructions: "Anweisungen",
  },

  menu: {
    share: "Diesen Chat teilen",
    exportMarkdown: "Chat als Markdown exportieren",
    exportJson: "Chat als JSON exportieren",
    documents: "Dokumente",
    notes: "Notizen",
    usage: "Verbrauch",
    devices: "Auf anderem Gerät nutzen",
    settings: "Einstellungen",
    signOut: "Abmelden",
  },

  notes: {
    notes: "Notizen",
    loading: "Notizen werden geladen …",
  },

  documents: {
    document: "Dokument",
    attach: "Dateien anhängen",
    drop: "Dateien hier ablegen, um sie anzuhängen",
  },

  usage: {
    usage: "Verbrauch",
    loading: "Verbrauch wird geladen …",
  },

  sharing: { loading: "Links werden geladen …" },
  devices: { loading: "Geräte werden geladen …" },

  list: {
    conversations: "Unterhaltungen",
    search: "Unterhaltungen durchsuchen",
    loading: "Wird geladen …",
    empty: "Noch keine Unterhaltungen",
    noResults: (query) => `Keine Treffer für „${query}“`,
    deleted: (title) => `Gelöscht: „${title}“`,
    undo: "Rückgängig",
    hide: "Unterhaltungen ausblenden",
    pinned: "Angeheftet",
    today: "Heute",
    yesterday: "Gestern",
    week: "Letzte 7 Tage",
    month: "Letzte 30 Tage",
    results: "Treffer",
    archived: "Archiv",
    noneArchived: "Keine archivierten Unterhaltungen",
    idle: (days) =>
      days === 1
        ? "Unterhaltungen werden einen Tag nach der letzten Nachricht gelöscht."
        : `Unterhaltungen werden ${days} Tage nach der letzten Nachricht gelöscht.`,
    options: (title) => `Optionen für ${title}`,
  },

  welcome: {
    heading: "Wie kann ich dir helfen?",
    about:
      "Ein privater Chat für dein Team. Er arbeitet mit Werkzeugen und fragt dich, bevor er etwas ändert.",
    aboutDocuments: "Er kann die Dokumente des Teams durchsuchen und zitieren.",
  },

  transcript: {
    conversation: "Unterhaltung",
    loading: "Unterhaltung wird geladen …",
    loadEarlier: "Frühere Nachrichten laden",
    jumpToLatest: "Zur neuesten Nachricht",
    above: {
      summarised: "Nachrichten über dieser Linie kennt das Modell nur als Zusammenfassung.",
      cut: "Nachrichten über dieser Linie werden nicht mehr an das Modell gesendet.",
    },
    you: "Du: ",
    showAll: "Alles anzeigen",
    showLess: "Weniger anzeigen",
    sending: "Wird gesendet …",
    queuedBehind: {
      answer: "In der Warteschlange",
      decision: "In der Warteschlange, bis du oben entscheidest",
    },
    removeQueued: "Entfernen",
  },

  turn: {
    answer: "Antwort: ",
    reasoning: "Gedankengang",
    thinking: "Denkt nach …",
    writing: "Schreibt …",
    reconnecting: "Verbindung wird wiederhergestellt …",
    restarted: "Der Server wurde unterbrochen. Die Antwort wird neu geschrieben …",
    stopped: "Gestoppt.",
    finishedBeforeStop: "Die Antwort war fertig, bevor sie gestoppt werden konnte.",
    cutAtLength: "Abgeschnitten: maximale Länge erreicht.",
    fallbackModel: (model) =>
      `Antwort von ${model ?? "einem anderen Modell"}, weil das übliche Modell nicht verfügbar war.`,
    toolsMissing:
      "Einige Werkzeuge waren nicht erreichbar, deshalb hat das Modell ohne sie gearbeitet.",
    incomplete: "Die Antwort ist unvollständig.",
    budgetUsedUp: (time) =>
      `Das Budget für Antworten ist aufgebraucht. Es erneuert sich am ${time}. Deine Nachricht ist gespeichert.`,
    continue: "Fortsetzen",
    continueMessage: "Mach bitte weiter.",
    retry: "Erneut versuchen",
    regenerate: "Neu generieren",
    editMessage: "Nachricht bearbeiten",
    decisionNeeded: "Eine Entscheidung ist nötig.",
    decisionNotLoaded: "Eine Entscheidung ist nötig, aber ihr Teil der Seite wurde nicht geladen.",
    decisionNeededFor: (tools) => `Eine Entscheidung ist nötig: ${tools}.`,
    decisionTitle: (product) => `(!) Entscheidung nötig – ${product}`,
  },

  facts: {
    about: "Über diese Antwort",
    trace: "Was geschehen ist",
    time: "Zeit",
    model: "Modell",
    demoModel: "Demo-Modell",
    tokens: "Token",
    tokenCount: (input, cached, output) =>
      `${format(input)} Eingabe${cached > 0 ? ` (${format(cached)} aus dem Cache)` : ""}, ${format(output)} Ausgabe`,
    cost: "Kosten",
    unknown: "Unbekannt",
    summary: "Zusammenfassung älterer Nachrichten",
    writtenTitle: "Titel vom Modell",
    free: "kostenlos",
    duration: "Dauer",
    id: "Antwort-ID",
    attempts: "Versuche",
    attemptCount: (count) => `${format(count)} (nach einem Absturz neu gestartet)`,
  },

  tools: {
    used: "Verwendete Werkzeuge",
    names: toolNames.de,
    states: {
      running: "läuft",
      waiting: "wartet",
      client: "wartet auf das Programm, das die Nachricht gesendet hat",
      approved: "zugestimmt",
      done: "fertig",
      failed: "fehlgeschlagen",
      denied: "abgelehnt",
      expired: "nicht ausgeführt: niemand hat rechtzeitig entschieden",
      void: "nicht ausgeführt: die Antwort endete vorher",
      unknown: "Ausgang unbekannt",
    },
    unknownOutcome:
      "Niemand weiß, ob das ausgeführt wurde: Der Server wurde in diesem Moment unterbrochen. Es wird nicht automatisch wiederholt.",
    input: "Eingabe",
    note: "Hinweis an das Modell",
    result: "Ergebnis",
    repeats: "gleicher Aufruf wie zuvor",
    usedCount: (count) => `${format(count)} Werkzeuge verwendet`,
  },

  markdown: {
    image: "Bild",
    table: "Tabelle",
    code: "Code",
    formula: "Formel",
    source: (index, title) => `Quelle ${index}: ${title}`,
    footnotes: "Fußnoten",
    footnote: (number) => `Fußnote ${number}`,
    backToReference: (number) => `Zurück zum Verweis ${number}`,
  },

  composer: {
    message: "Nachricht",
    placeholder: "Nachricht schreiben",
    tooLong: (excess, limit) => `${format(excess)} Zeichen zu lang (höchstens ${format(limit)}).`,
    pasteTooLong: (count, limit) =>
      `Der eingefügte Text ist zu lang (${format(count)} von ${format(limit)} Zeichen).`,
    charactersLeft: (count) => `Noch ${format(count)} Zeichen`,
    queued: (count) => `${format(count)} in der Warteschlange`,
    queueFull: (limit) =>
      `Die Warteschlange ist voll (${format(limit)}). Deine Nachricht bleibt hier, bis Platz ist.`,
    keys: "Eingabetaste zum Senden, Umschalt+Eingabetaste für eine neue Zeile, Esc zum Stoppen",
    touchKeys:
      "Eingabetaste für eine neue Zeile, Schaltfläche „Senden“ zum Senden, Esc zum Stoppen",
    stop: "Stoppen",
    stopping: "Wird gestoppt …",
    send: "Senden",
  },

  context: {
    share: (percent) => `${percent} %`,
    atLeast: (percent) => `mindestens ${percent} %`,
    label: (share) => `Kontext dieses Chats: ${share} belegt`,
    explanation: (tokens, limit) =>
      `Das Modell liest etwa ${format(tokens)} von höchstens ${format(limit)} Token dieses Chats. Die Seite schätzt vier Bytes je Token.`,
    whenFull:
      "Ab 80 % ersetzt eine Zusammenfassung die ältesten Nachrichten. Eine Linie im Chat markiert die Stelle.",
  },

  notices: {
    ...loginGerman.notices,
    offline:
      "Du bist offline. Die Verbindung wird automatisch wiederhergestellt; nichts geht verloren.",
    afterWait: {
      ...loginGerman.notices.afterWait,
      sendAgain: {
        now: "Dein Entwurf ist gespeichert; du kannst ihn jetzt senden.",
        soon: "Dein Entwurf ist gespeichert; du kannst ihn gleich senden.",
        before: "Dein Entwurf ist gespeichert; sende ihn in ",
        after: ".",
      },
      reconnect: {
        now: "Die Verbindung wird wiederhergestellt.",
        soon: "Die Verbindung wird gleich wiederhergestellt.",
        before: "Neue Verbindung in ",
        after: ".",
      },
    },
  },

  problems: {
    ...loginGerman.problems,
    not_found:
      "Unterhaltung nicht gefunden, oder sie gehört dir nicht. Deine nächste Nachricht beginnt eine neue.",
    branch_not_shown: "Die andere Fassung konnte nicht angezeigt werden. Dies ist noch die vorige.",
    queue_full: "Die Warteschlange ist voll. Deine Nachricht bleibt hier, bis Platz ist.",
    too_many_open_turns:
      "In deinen Unterhaltungen warten zu viele Nachrichten. Öffne diese Unterhaltungen, um Antworten zu bekommen, oder lösche sie. Dein Entwurf ist gespeichert.",
    too_many_pinned: "Du kannst 50 Unterhaltungen anheften. Löse zuerst eine.",
    too_many_conversations:
      "Du hast die Höchstzahl an Unterhaltungen erreicht. Lösche einige, um Platz zu schaffen. Dein Entwurf ist gespeichert.",
    storage_full:
      "Dein Speicherplatz ist voll. Lösche einige Unterhaltungen, um Platz zu schaffen. Dein Entwurf ist gespeichert.",
    quota_exceeded: "Tageslimit erreicht. Versuche es morgen wieder.",
    model_busy: "Das Modell ist ausgelastet. Versuche es gleich noch einmal.",
    model_failed: "Das Modell konnte nicht antworten.",
    model_unavailable:
      "Das Modell ist nicht verfügbar. An deiner Nachricht liegt es nicht; die Betreiber wurden benachrichtigt.",
    deadline_exceeded: "Die Antwort hat zu lange gedauert.",
    budget_exhausted: "Die Antwort hat ihre Kostengrenze erreicht. Frag nach einem kleineren Teil.",
    attempts_exhausted: "Keine Antwort nach mehreren Versuchen.",
    already_decided: "Jemand anders hat diesen Schritt anders entschieden.",
    approval_expired: "Niemand hat rechtzeitig entschieden. Dieser Schritt wird nicht ausgeführt.",
    approval_changed: "Dieser Schritt hat sich geändert oder braucht keine Entscheidung mehr.",
  },

  export: {
    fileName: "unterhaltung",
    shownVersions: "Von Nachrichten mit mehreren Fassungen enthält diese Datei die angezeigten.",
    started: (time) => `Begonnen am ${utcTime.format(time)} UTC`,
    message: "Nachricht",
    answer: "Antwort",
    answerBy: (model) => `Antwort (${model})`,
    states: {
      queued: "in der Warteschlange",
      running: "läuft",
      waiting: "braucht eine Entscheidung",
      done: "fertig",
      failed: "fehlgeschlagen",
      stopped: "gestoppt",
    },
  },
};
