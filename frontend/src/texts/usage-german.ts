import type { UsageTexts } from "./usage-english.ts";

const number = new Intl.NumberFormat("de");
const format = (value: number) => number.format(value);

export const usageGerman: UsageTexts = {
  today: "Dein Budget heute",
  left: (left, cap) => `${left} von ${cap} übrig`,
  settled: (amount) => `${amount} verbraucht`,
  reserved: (amount) => `${amount} für laufende Antworten reserviert`,
  renews: (time) => `Erneuert sich am ${time}`,
  site: "Budget des ganzen Dienstes",
  siteLeft: {
    day: (share) => `Heute: ${share} übrig`,
    month: (share) => `Dieser Monat: ${share} übrig`,
  },
  byDay: "Nach Tagen",
  empty: "Keine Antworten in den letzten 90 Tagen.",
  measure: "Anzeigen",
  measures: { money: "Kosten", tokens: "Token", turns: "Antworten" },
  range: "Zeitraum",
  days: (count) => `${format(count)} Tage`,
  plot: (measure, total, day, highest) =>
    `${measure}: insgesamt ${total}. Höchster Tag ${day}: ${highest}.`,
  estimated:
    "≤ und gestrichelt: Die genauen Kosten sind unbekannt, weil eine Antwort gestoppt wurde oder fehlschlug. Mehr kann sie nicht gekostet haben, und einige Token fehlen.",
  atMost: (amount) => `≤ ${amount}`,
  table: "Verbrauch nach Tagen",
  day: "Tag",
  columns: {
    turns: "Antworten",
    readTokens: "Token gelesen",
    cachedTokens: "aus dem Cache",
    writtenTokens: "Token geschrieben",
  },
  total: "Summe",
  dayBegins: (time) =>
    `Ein Tag beginnt um ${time} (00:00 UTC). Gelöschte Chats zählen mit. Tage ohne Antworten fehlen.`,
};
