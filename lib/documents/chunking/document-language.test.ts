import { expect, it } from "vitest";
import { processorMsOf } from "#test/support/processor-time.ts";
import { languageOf } from "./document-language.ts";

it.each([
  ["english", "Employees may work from home on two days of each week."],
  ["german", "Die Beschäftigten dürfen an zwei Tagen pro Woche mobil arbeiten."],
  ["french", "Les employés peuvent travailler à distance deux jours par semaine."],
  ["spanish", "Los empleados pueden trabajar a distancia dos días por semana."],
  ["italian", "I dipendenti possono lavorare da casa due giorni alla settimana."],
  ["portuguese", "Os empregados podem trabalhar em casa dois dias por semana."],
  ["dutch", "Medewerkers mogen twee dagen per week thuis werken."],
  ["swedish", "De anställda får arbeta hemifrån två dagar i veckan."],
  ["russian", "Сотрудники могут работать из дома два дня в неделю."],
  ["turkish", "Çalışanlar haftada iki gün evden çalışabilir."],
  ["hungarian", "A munkavállalók heti két napot dolgozhatnak otthonról."],
  ["greek", "Οι εργαζόμενοι μπορούν να εργάζονται από το σπίτι δύο ημέρες."],
  ["arabic", "يمكن للموظفين العمل من المنزل يومين في الأسبوع."],
  ["hindi", "कर्मचारी सप्ताह में दो दिन घर से काम कर सकते हैं।"],
  ["indonesian", "Karyawan dapat bekerja dari rumah dua hari dalam seminggu."],
  // PostgreSQL 17 has no configuration for these.
  ["simple", "Pracownicy mogą pracować z domu dwa dni w tygodniu."],
  ["simple", "従業員は週に二日、自宅で働くことができます。そして休暇を取ることもできます。"],
  ["simple", "Töötajad võivad kaks päeva nädalas kodus töötada."],
  // These have no language.
  ["simple", ""],
  ["simple", "INV-0042; 2024-10-05; 12,50; INV-0043; 2024-10-06; 13,50"],
])("a text is %s: %s", (configuration, text) => {
  expect(languageOf(text).configuration).toBe(configuration);
});

it("the language of a mixed document is that of most of its text", () => {
  const german = "Die Beschäftigten dürfen an zwei Tagen pro Woche mobil arbeiten. ";
  const english = "Employees may work from home on two days of each week. ";
  expect(languageOf(german.repeat(30) + english.repeat(10)).configuration).toBe("german");
  expect(languageOf(english.repeat(300) + german.repeat(100)).configuration).toBe("english");
});

it("the language of ten million characters is found in excerpts", () => {
  const text = "Les employés peuvent travailler à distance deux jours par semaine. ";
  const long = text.repeat(150_000);
  const ms = processorMsOf(() => expect(languageOf(long).configuration).toBe("french"));
  expect(ms).toBeLessThan(2_000);
});
