import type { ProgramTexts } from "./program-english.ts";

const number = new Intl.NumberFormat("de");

export const programGerman: ProgramTexts = {
  explanation:
    "Mit einem Schlüssel arbeitet ein Programm in deinem Namen: Seine Unterhaltungen stehen in deiner Liste, und es verbraucht dein Budget.",
  none: "Noch keine Schlüssel",
  list: "Schlüssel",
  add: "Schlüssel erstellen",
  full: (max) =>
    `Du hast ${number.format(max)} Schlüssel; mehr sind nicht möglich. Widerrufe zuerst einen.`,
  form: {
    name: "Name des Programms",
    scopes: "Das Programm darf",
    budget: "Tagesbudget in US-Dollar (optional)",
    budgetExplained: "Ohne diesen Wert gilt nur dein eigenes Budget. Tage zählen in UTC.",
    make: "Schlüssel jetzt erstellen",
    making: "Schlüssel wird erstellt …",
  },
  scopes: {
    chat: "Nachrichten senden, deine Unterhaltungen lesen und ändern",
    "documents:read": "Deine und die geteilten Dokumente lesen",
    "documents:write": "Dokumente hinzufügen, ändern und löschen",
  },
  scopeNames: {
    chat: "Chatten",
    "documents:read": "Dokumente lesen",
    "documents:write": "Dokumente ändern",
  },
  faults: {
    name: "Gib dem Programm einen Namen.",
    scopes: "Wähle mindestens eins.",
    daily_budget_usd:
      "Schreibe einen Betrag von 0,01 bis 100.000 wie 2,50, oder lass das Feld leer.",
  },
  shown: (name) => `Der Schlüssel von ${name}`,
  shownOnce:
    "Kopiere ihn jetzt und bewahre ihn wie ein Passwort auf. Er wird nicht noch einmal angezeigt.",
  copy: "Schlüssel kopieren",
  done: "Fertig",
  spentOf: (spent, budget) => `Heute ${spent} von ${budget} verbraucht`,
  spent: (spent) => `Heute ${spent} verbraucht`,
  lastUsed: (time) => `Zuletzt benutzt: ${time}`,
  neverUsed: "Nie benutzt",
  revoke: "Widerrufen",
  revokeQuestion: "Diesen Schlüssel widerrufen?",
  revoked: (name) =>
    `Der Schlüssel von ${name} ist widerrufen. Er funktioniert spätestens in einer Minute nicht mehr.`,
  addresses: "Adressen für Programme",
  protocol: "Protokoll",
  address: "Adresse",
  addressesExplained:
    "Die Adresse der eigenen API des Dienstes ist die Ausgabe StreamUrl der Installation. Die Seite docs/clients.md des Projekts zeigt, wie sich jede Art von Programm verbindet.",
};
