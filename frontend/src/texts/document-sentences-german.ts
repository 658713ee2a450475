/**
 * Returns in German why a file could not be read, or what its reader should know. The service stores these sentences in
 * English, because programs read them too. Returns any other sentence as it is.
 */
export function sentenceInGerman(sentence: string): string {
  const fixed = fixedSentences[sentence];
  if (fixed !== undefined) return fixed;
  for (const [pattern, say] of patterns) {
    const match = pattern.exec(sentence);
    if (match) return say(...match.slice(1));
  }
  return sentence;
}

const fixedSentences: Readonly<Record<string, string>> = {
  "The file is missing. Upload it again.": "Die Datei fehlt. Lade sie erneut hoch.",
  "The file differs from the one that was announced. Upload it again.":
    "Die Datei ist eine andere als angekündigt. Lade sie erneut hoch.",
  "The file could not be read: reading it ended several times without a result.":
    "Die Datei konnte nicht gelesen werden: Das Lesen endete mehrmals ohne Ergebnis.",
  "Your budget for today is used up. Read the document again tomorrow.":
    "Dein Budget für heute ist verbraucht. Versuche es morgen erneut.",
  "The site’s budget for today is used up. Read the document again tomorrow.":
    "Das gemeinsame Budget für heute ist verbraucht. Versuche es morgen erneut.",
  "The site’s budget for this month is used up. Read the document again next month.":
    "Das gemeinsame Budget für diesen Monat ist verbraucht. Versuche es nächsten Monat erneut.",

  "The file could not be read. It may be damaged.":
    "Die Datei konnte nicht gelesen werden. Vielleicht ist sie beschädigt.",
  "The file is empty.": "Die Datei ist leer.",
  "The file is protected by a password.": "Die Datei ist durch ein Passwort geschützt.",
  "The file holds binary data, not text.": "Die Datei enthält Binärdaten, keinen Text.",
  "The file is in UTF-32. Save it as UTF-8.":
    "Die Datei ist in UTF-32 gespeichert. Speichere sie als UTF-8.",
  "The file is nested too deeply to be read.":
    "Die Datei ist zu tief verschachtelt, um gelesen zu werden.",
  "The file is too large when it is unpacked.": "Die Datei ist entpackt zu groß.",
  "The file is packed in a way that cannot be read.":
    "Die Datei ist auf eine Weise gepackt, die nicht gelesen werden kann.",
  "The file is damaged: its end is missing.": "Die Datei ist beschädigt: Ihr Ende fehlt.",
  "The file is damaged: its end is missing, or its table of contents.":
    "Die Datei ist beschädigt: Ihr Ende oder ihr Inhaltsverzeichnis fehlt.",
  "The file is damaged: it cannot be unpacked.":
    "Die Datei ist beschädigt: Sie lässt sich nicht entpacken.",
  "The file is damaged: a part of it is no XML.":
    "Die Datei ist beschädigt: Ein Teil von ihr ist kein XML.",
  "The file is damaged: its pages cannot be read.":
    "Die Datei ist beschädigt: Ihre Seiten können nicht gelesen werden.",
  "The file is damaged: its sheets cannot be read.":
    "Die Datei ist beschädigt: Ihre Blätter können nicht gelesen werden.",
  "The file is damaged: the list of its slides is missing.":
    "Die Datei ist beschädigt: Die Liste ihrer Folien fehlt.",
  "The file is damaged: the document's text is missing.":
    "Die Datei ist beschädigt: Der Text des Dokuments fehlt.",
  "The file is damaged or no e-mail.": "Die Datei ist beschädigt oder keine E-Mail.",
  "The file is no e-mail: it has no sender, no date and no subject.":
    "Die Datei ist keine E-Mail: Sie hat keinen Absender, kein Datum und keinen Betreff.",
  "The file holds no text. Its pages are probably scanned.":
    "Die Datei enthält keinen Text. Ihre Seiten sind vermutlich eingescannt.",
  "The document holds no text.": "Das Dokument enthält keinen Text.",
  "The presentation holds no text.": "Die Präsentation enthält keinen Text.",
  "The workbook holds no text in visible cells.":
    "Die Arbeitsmappe enthält keinen Text in sichtbaren Zellen.",
  "The workbook is in the binary format. Save it as .xlsx.":
    "Die Arbeitsmappe hat das Binärformat. Speichere sie als .xlsx.",

  "A quotation mark is not closed. All of them were read as text.":
    "Ein Anführungszeichen ist nicht geschlossen. Alle wurden als Text gelesen.",
  "Text that is hidden in the document was left out.":
    "Ausgeblendeter Text des Dokuments wurde ausgelassen.",
  "The mail or a part of it is encrypted or signed, and cannot be read.":
    "Die E-Mail oder ein Teil davon ist verschlüsselt oder signiert und kann nicht gelesen werden.",
  "One attachment was not read.": "Ein Anhang wurde nicht gelesen.",
};

type Say = (...values: string[]) => string;

/** Sentences with values, each value written as `*`. The first match counts: a sentence of few words stands after the others. */
const sentencesWithValues: Readonly<Record<string, Say>> = {
  "The document has more than * *.": (limit = "", things = "") =>
    `Das Dokument hat mehr als ${limit.replaceAll(",", ".")} ${inGerman(things)}.`,
  "The file takes longer to read than * seconds.": (seconds) =>
    `Das Lesen der Datei dauert länger als ${seconds} Sekunden.`,
  "The file takes more memory to read than * MB.": (megabytes) =>
    `Das Lesen der Datei braucht mehr als ${megabytes} MB Arbeitsspeicher.`,
  "The file is damaged or no *.": (kind = "") =>
    `Die Datei ist beschädigt oder ${inGerman(`no ${kind}`)}.`,
  "The file is not a *, or its main part is missing.": (kind = "") =>
    `Die Datei ist ${inGerman(`no ${kind}`)}, oder ihr Hauptteil fehlt.`,
  "The file's name ends in *, but the file is *.": (ending, kind = "") =>
    `Der Name der Datei endet auf ${ending}, aber die Datei ist ${inGerman(kind)}.`,

  "* of the file's characters are damaged.": (count) => `Beschädigte Zeichen der Datei: ${count}.`,
  "The file does not say its character encoding. It was read as *.": (encoding) =>
    `Die Datei nennt ihre Zeichenkodierung nicht. Sie wurde als ${encoding} gelesen.`,
  "* attachments were not read.": (count) => `${count} Anhänge wurden nicht gelesen.`,
  "The file stores no result for * * of the sheet “*”.": (count, formulas, sheet) =>
    `Die Datei enthält kein Ergebnis für ${count} ${formulas === "formula" ? "Formel" : "Formeln"} des Blatts „${sheet}“.`,
  "Hidden rows and columns of the sheet “*” were left out.": (sheet) =>
    `Ausgeblendete Zeilen und Spalten des Blatts „${sheet}“ wurden ausgelassen.`,
  "White text of the sheet “*” was left out.": (sheet) =>
    `Weißer Text des Blatts „${sheet}“ wurde ausgelassen.`,
  "The hidden sheet * was left out.": (sheet = "") =>
    `Das ausgeblendete Blatt ${requoted(sheet)} wurde ausgelassen.`,
  "The hidden sheets * were left out.": (sheets = "") =>
    `Die ausgeblendeten Blätter ${requoted(sheets)} wurden ausgelassen.`,
  "Text that cannot be seen on * was left out.": (places = "") =>
    `Text, der nicht zu sehen ist, wurde ausgelassen: ${placesInGerman(places)}.`,
  "* is hidden and was left out.": (places = "") =>
    `${placesInGerman(places)} ist ausgeblendet und wurde ausgelassen.`,
  "* are hidden and were left out.": (places = "") =>
    `${placesInGerman(places)} sind ausgeblendet und wurden ausgelassen.`,
  "* holds no text. It is probably scanned.": (places = "") =>
    `${placesInGerman(places)} enthält keinen Text und ist vermutlich eingescannt.`,
  "* hold no text. They are probably scanned.": (places = "") =>
    `${placesInGerman(places)} enthalten keinen Text und sind vermutlich eingescannt.`,
  "The document *.": (fault = "") => `Das Dokument ${inGerman(fault)}.`,
  "* holds no text.": (places = "") => `${placesInGerman(places)} enthält keinen Text.`,
  "* hold no text.": (places = "") => `${placesInGerman(places)} enthalten keinen Text.`,
};

/** The English words that stand for a `*`. */
const words: Readonly<Record<string, string>> = {
  attachments: "Anhänge",
  cells: "Zellen",
  characters: "Zeichen",
  "forwarded mails": "weitergeleitete E-Mails",
  pages: "Seiten",
  parts: "Teile",
  passages: "Abschnitte",
  sheets: "Blätter",
  slides: "Folien",

  "has too many elements": "hat zu viele Elemente",
  "is nested too deeply": "ist zu tief verschachtelt",

  "no Excel workbook": "keine Excel-Arbeitsmappe",
  "no PDF document": "kein PDF-Dokument",
  "no PowerPoint presentation": "keine PowerPoint-Präsentation",
  "no Word document": "kein Word-Dokument",
  "no presentation": "keine Präsentation",
  "no workbook": "keine Arbeitsmappe",

  "a PDF document": "ein PDF-Dokument",
  "a PostScript document": "ein PostScript-Dokument",
  "a PowerPoint presentation": "eine PowerPoint-Präsentation",
  "a Word document": "ein Word-Dokument",
  "a ZIP archive": "ein ZIP-Archiv",
  "a database": "eine Datenbank",
  "a program": "ein Programm",
  "a sound": "eine Tonaufnahme",
  "a video": "ein Video",
  "an Excel workbook": "eine Excel-Arbeitsmappe",
  "an OpenDocument file or a program": "eine OpenDocument-Datei oder ein Programm",
  "an RTF document": "ein RTF-Dokument",
  "an e-book (EPUB)": "ein E-Book (EPUB)",
  "an image (GIF)": "ein Bild (GIF)",
  "an image (HEIC)": "ein Bild (HEIC)",
  "an image (JPEG)": "ein Bild (JPEG)",
  "an image (PNG)": "ein Bild (PNG)",
  "an image (TIFF)": "ein Bild (TIFF)",
  "an image (WebP)": "ein Bild (WebP)",
  "compressed (7z)": "komprimiert (7z)",
  "compressed (RAR)": "komprimiert (RAR)",
  "compressed (gzip)": "komprimiert (gzip)",
  "in the format of Office 97 (.doc, .xls, .ppt) or an Outlook message (.msg)":
    "im Format von Office 97 (.doc, .xls, .ppt) oder eine Outlook-Nachricht (.msg)",
  "protected with a password": "durch ein Passwort geschützt",
};

const inGerman = (english: string): string => words[english] ?? english;

/** Returns "Seiten 1, 3 bis 5 und 9" for "Pages 1, 3 to 5 and 9". */
const placesInGerman = (places: string): string =>
  places
    .replace(/^page/i, "Seite")
    .replace(/^slide/i, "Folie")
    .replace(/^(\w+)s /, "$1n ")
    .replaceAll(" to ", " bis ")
    .replaceAll(" and ", " und ");

/** Returns „A“, „B“ for “A”, “B”. */
const requoted = (names: string): string => names.replace(/“(.*?)”(?=, “|$)/g, "„$1“");

const patterns = Object.entries(sentencesWithValues).map(([sentence, say]): [RegExp, Say] => [
  patternOf(sentence),
  say,
]);

function patternOf(sentence: string): RegExp {
  const literals = sentence.split("*").map((literal) => literal.replace(/[.()]/g, "\\$&"));
  return new RegExp(`^${literals.join("(.+?)")}$`, "us");
}
