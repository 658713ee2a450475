import { sayIn } from "#local/bedrock/demo/language.ts";
import type { Skill } from "#local/bedrock/demo/skill.ts";

const request =
  /\b(?:all|every|your|show me)\b.*\bformat(?:ting|s)?\b|\bformat everything\b|\bmarkdown (?:demo|sample|test)\b|\balle\w*\b.*\bformat\w*\b|\bformat\w* .*\bzeig\w*\b|\bzeig\w* .*\bformat\w*\b/iu;

/** A page of Markdown with everything that the page can show. */
export const formatting: Skill = ({ text, language }) =>
  request.test(text) ? sayIn(language)(english, german) : undefined;

const code = `\`\`\`ts
/** Numbers of Fibonacci, without an end. */
function* fibonacci(): Generator<bigint> {
  let [current, next] = [0n, 1n];
  while (true) {
    yield current;
    [current, next] = [next, current + next];
  }
}
\`\`\``;

const math = String.raw`$$
\int_{-\infty}^{\infty} e^{-x^2}\,dx = \sqrt{\pi}
$$`;

const english = `# Everything that this page formats

The text is canned, the page is not: **bold**, *italic*, ~~struck~~, \`code\`, [a link](https://commonmark.org) and inline mathematics, $e^{i\\pi} + 1 = 0$.

## A table

| part | in the cloud | on this machine |
| :--- | :---: | ---: |
| database | Neon | PostgreSQL |
| functions | Lambda | one process each |
| model | Bedrock | rules |

## Code

${code}

## Mathematics

${math}

---

## Lists

1. A list with numbers
   - and a list inside
     - and one more level
2. The next number

- [x] A task that is done
- [ ] A task that is open

## A quote, and the rest

> A quote with **weight**.
>
> > And a quote inside.

A footnote stands below.[^1]

[^1]: This is the footnote.`;

const german = `# Alles, was diese Seite formatiert

Der Text ist fertig hinterlegt, die Seite nicht: **fett**, *kursiv*, ~~durchgestrichen~~, \`Code\`, [ein Link](https://commonmark.org) und Mathematik in der Zeile, $e^{i\\pi} + 1 = 0$.

## Eine Tabelle

| Teil | in der Cloud | auf diesem Rechner |
| :--- | :---: | ---: |
| Datenbank | Neon | PostgreSQL |
| Funktionen | Lambda | je ein Prozess |
| Modell | Bedrock | Regeln |

## Code

${code}

## Mathematik

${math}

---

## Listen

1. Eine Liste mit Nummern
   - und eine Liste darin
     - und noch eine Ebene
2. Die nächste Nummer

- [x] Eine erledigte Aufgabe
- [ ] Eine offene Aufgabe

## Ein Zitat, und der Rest

> Ein Zitat mit **Gewicht**.
>
> > Und ein Zitat darin.

Eine Fußnote steht unten.[^1]

[^1]: Das ist die Fußnote.`;
