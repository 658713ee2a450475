import type { DocumentTexts } from "./document-english.ts";

const number = new Intl.NumberFormat("de");
const format = (value: number) => number.format(value);
const count = (value: number, one: string, many: string) =>
  `${format(value)} ${value === 1 ? one : many}`;

export const documentGerman: DocumentTexts = {
  notTaken: "Dieser Dienst nimmt keine Dateien an. Füge stattdessen den Text ein.",
  units: {
    bytes: (value) => `${value} B`,
    kilobytes: (value) => `${value} kB`,
    megabytes: (value) => `${value} MB`,
  },

  list: {
    documents: "Dokumente",
    search: "Dokumente durchsuchen",
    loading: "Wird geladen …",
    empty:
      "Noch keine Dokumente. Füge Dateien hinzu: Dann kann der Assistent daraus antworten und zitieren.",
    noResults: (query) => `Keine Treffer für „${query}“`,
    loadMore: "Mehr laden",
    deleted: (name) => `„${name}“ gelöscht`,
  },

  add: {
    add: "Dateien hinzufügen",
    drop: "oder hierher ziehen oder einfügen",
    limits: (formats, size) => `${formats} · bis ${size} je Datei`,
    quota: (used, all, documents, most) =>
      `${used} von ${all}, ${format(documents)} von ${count(most, "Dokument", "Dokumenten")}`,
    who: "Wer neue Dateien nutzen kann",
    scopes: { own: "Nur ich", site: "Alle hier", conversation: "Nur dieser Chat" },
    quotas: { own: "Deine Dokumente", site: "Geteilte Dokumente" },
  },

  row: {
    open: (name) => `${name} öffnen`,
    mine: "Meins",
    site: "Geteilt",
    siteByMe: "Von mir geteilt",
    conversation: "Nur ein Chat",
    states: {
      uploading: "Wird hochgeladen …",
      reading: "Wird gelesen …",
      ready: "Bereit",
      failed: "Fehlgeschlagen",
      unfinished: "Upload nicht abgeschlossen",
    },
    pages: {
      page: (value) => count(value, "Seite", "Seiten"),
      slide: (value) => count(value, "Folie", "Folien"),
      sheet: (value) => count(value, "Blatt", "Blätter"),
    },
    version: (version) => `Fassung ${format(version)}`,
    olderInUse: "Antworten nutzen die Fassung davor.",
    rename: "Umbenennen",
    renameDocument: (name) => `${name} umbenennen`,
    name: "Dateiname",
    replace: "Ersetzen",
    replaceDocument: (name) => `${name} durch eine neuere Fassung ersetzen`,
    delete: "Löschen",
    deleteDocument: (name) => `${name} löschen`,
    share: "Teilen",
    shareDocument: (name) => `${name} mit allen hier teilen`,
    unshare: "Nicht mehr teilen",
    unshareDocument: (name) => `Nicht mehr teilen: ${name}`,
    retry: "Erneut versuchen",
    retryDocument: (name) => `Erneut versuchen, ${name} zu lesen`,
  },

  upload: {
    uploads: "Uploads in Arbeit",
    states: {
      waiting: "Wartet",
      checking: "Wird vorbereitet …",
      sending: (percent) => `${percent} %`,
      reading: "Wird gelesen …",
      ready: "Bereit",
      failed: "Fehlgeschlagen",
    },
    progress: (name) => `Upload von ${name}`,
    cancel: "Abbrechen",
    cancelUpload: (name) => `Upload von ${name} abbrechen`,
    retry: "Erneut versuchen",
    retryUpload: (name) => `Erneut versuchen mit ${name}`,
    choose: "Datei erneut auswählen",
    dismiss: "Ausblenden",
    dismissUpload: (name) => `${name} ausblenden`,
    newVersion: (name) => `Neue Fassung von ${name}`,
  },

  attachments: {
    attached: "Angehängte Dateien",
    remove: (name) => `${name} entfernen`,
    line: (names) => `Angehängt: ${names}`,
    held: "Deine Nachricht wird gesendet, sobald die Dateien bereit sind.",
    heldByFailure:
      "Eine Datei ist nicht nutzbar. Entferne sie, versuche es erneut oder sende ohne sie.",
    sendWithout: "Trotzdem senden",
    dontSend: "Noch nicht senden",
  },

  view: {
    loading: "Dokument wird geladen …",
    gone: "Dieses Dokument wurde gelöscht, oder du kannst es nicht sehen.",
    notReady: {
      uploading: "Die Datei wurde noch nicht hochgeladen.",
      reading: "Die Datei wird gerade gelesen. Das dauert einen Moment.",
      failed: "Die Datei konnte nicht gelesen werden.",
    },
    form: "Ansicht",
    forms: { text: "Als Text", original: "Im Original" },
    download: "Herunterladen",
    version: "Fassung",
    versionOf: (version, date) => `${format(version)} (${date})`,
    olderVersion: "Das ist eine ältere Fassung. Antworten nutzen die neueste.",
    outsideText: "Die zitierte Stelle steht nicht im Text dieser Fassung.",
    earlier: "Frühere Seiten laden",
    later: "Weitere Seiten laden",
    notes: "Hinweise zu dieser Datei",
    emptyPart: "Kein Text",
    pageOf: (page, pages) => `Seite ${format(page)} von ${format(pages)}`,
    originalFailed:
      "Das Original lässt sich hier nicht anzeigen. Lies den Text, oder lade es herunter.",
    originalPassword: "Dieses PDF braucht ein Passwort. Lade es herunter, um es zu öffnen.",
  },

  problems: {
    not_found: "Dieses Dokument wurde gelöscht, oder du kannst es nicht sehen.",
    payload_too_large: "Die Datei ist zu groß.",
    unsupported_media_type: "Dateien dieser Art können nicht gelesen werden.",
    storage_full: "Für diese Datei ist kein Platz. Lösche Dokumente, um Platz zu schaffen.",
    budget_exhausted:
      "Das Budget für das Lesen von Dateien ist verbraucht. Versuche es morgen erneut.",
    file_empty: "Die Datei ist leer.",
    file_too_large: "Die Datei ist zu groß.",
    file_format: "Dateien dieser Art können nicht gelesen werden.",
    file_unreadable:
      "Dein Browser kann diese Datei nicht lesen. Vielleicht wurde sie verschoben, oder es ist ein Ordner.",
    document_quota: "Für diese Datei ist kein Platz. Lösche Dokumente, um Platz zu schaffen.",
    insecure_page: "Dateien lassen sich nur über eine sichere Verbindung (https) hochladen.",
    storage_unreachable: "Der Upload wurde unterbrochen. Prüfe deine Verbindung.",
    storage_refused:
      "Der Speicher hat die Datei abgelehnt. Vielleicht hat sie sich während des Uploads geändert.",
    upload_interrupted: "Upload nicht abgeschlossen.",
  },
};
