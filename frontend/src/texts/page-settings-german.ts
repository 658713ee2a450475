import type { PageSettingsTexts } from "./page-settings-english.ts";

const number = new Intl.NumberFormat("de");
const format = (value: number) => number.format(value);
const conversations = (count: number) =>
  `${format(count)} ${count === 1 ? "Unterhaltung" : "Unterhaltungen"}`;

export const pageSettingsGerman: PageSettingsTexts = {
  loading: "Einstellungen werden geladen …",
  look: "Allgemein",
  theme: "Design",
  themes: { system: "System", light: "Hell", dark: "Dunkel" },
  language: "Sprache",
  sendKey: "Senden mit",
  sendKeys: { enter: "Eingabetaste", modified: "Strg oder ⌘ + Eingabetaste" },
  sendKeyExplained: "Diese Einstellungen gelten nur in diesem Browser.",
  instructions: "Anweisungen",
  prompts: {
    heading: "Deine Vorlagen",
    explanation: "Tippe / und einen Namen in eine leere Nachricht, um eine Vorlage einzufügen.",
    none: "Noch keine Vorlagen",
    add: "Vorlage hinzufügen",
    edit: "Bearbeiten",
    remove: "Entfernen",
    name: "Name der Vorlage",
    text: "Inhalt",
    save: "Speichern",
    saved: (name) => `${name} ist gespeichert.`,
    removed: (name) => `${name} ist entfernt.`,
    full: (max) => `Du kannst bis zu ${format(max)} Vorlagen speichern.`,
    faults: {
      name: "Verwende Buchstaben, Ziffern, _ und -, ohne Leerzeichen.",
      taken: "Eine Vorlage mit diesem Namen gibt es schon.",
      text: "Schreibe den Inhalt der Vorlage.",
    },
  },
  programs: "Programme",
  data: {
    heading: "Deine Daten",
    export: "Alles exportieren",
    exportExplained:
      "Eine JSON-Datei mit allen deinen Unterhaltungen und allen Fassungen jeder Nachricht.",
    listing: "Deine Unterhaltungen werden aufgelistet …",
    progress: (done, total) => `${format(done)} von ${conversations(total)}`,
    waiting: "Bitte warten: Der Dienst erlaubt pro Minute nur eine begrenzte Zahl von Anfragen.",
    exported: (count) => `${conversations(count)} exportiert.`,
    nothing: "Es gibt keine Unterhaltungen zu exportieren.",
    cancelled: "Abgebrochen.",
    import: "Unterhaltungen importieren",
    importExplained:
      "Aus einer Datei, die du hier exportiert hast, oder aus der conversations.json von ChatGPT oder Claude. Dieser Browser liest die Datei. Bilder und andere Dateien werden nicht importiert.",
    reading: "Die Datei wird gelesen …",
    unknownFile: "Diese Datei ist kein Export von hier, ChatGPT oder Claude.",
    imported: (count, left) =>
      `${conversations(count)} importiert.${left === 0 ? "" : ` ${format(left)} nicht: zu lang oder nicht lesbar.`}`,
    untitled: "Importierter Chat",
  },
  deletion: {
    delete: "Alles löschen",
    explanation:
      "Löscht alle deine Unterhaltungen mit ihren Links, deine Notizen, Einstellungen und eigenen Dokumente, und meldet alle deine Geräte ab. Das lässt sich nicht rückgängig machen. Geteilte Dokumente bleiben.",
    confirm: (word) => `Tippe „${word}“, um es zu bestätigen`,
    word: "löschen",
    deleting: "Wird gelöscht …",
  },
};
