import { sayIn } from "#local/bedrock/demo/language.ts";
import type { Skill } from "#local/bedrock/demo/skill.ts";

const request =
  /\b(?:long|detailed|lengthy) (?:answer|text|story|essay|reply|response)\b|\b(?:tell|write)\b.*\b(?:story|essay|article)\b|\bwrite \d{3,} words\b|\b(?:lange|ausführliche)\w* (?:antwort|text|geschichte|aufsatz)\b|\b(?:erzähl|schreib)\w*\b.*\b(?:geschichte|aufsatz|artikel)\b/iu;

/** A long text to watch how an answer streams. It says that it is canned. */
export const story: Skill = ({ text, language }) =>
  request.test(text) ? sayIn(language)(english, german) : undefined;

const english = `Gladly. This text is canned: the built-in demo model cannot write, so it recites the story of how a message travels through this system. It is long on purpose, so that you can watch it stream, stop it half way, or reload the page while it runs.

## The story of a message

Once upon a time somebody pressed **Enter**. Before anything else happened, the message was written to a Postgres database, because a message that is only in memory is a message that can be lost. Only then did the page learn that the message had been accepted, together with the id of its turn.

Next the page asked for the answer, and a small function woke up. It did four things, in this order:

1. It checked that you had signed in.
2. It counted the request, so that nobody can send too many.
3. It took a *lease* on the conversation, so that two functions never answer the same message.
4. It gave the conversation so far to the model, and the model began to speak.

The model speaks in pieces, about a word at a time. Every piece travels the same way: from the model to the function, from the function through the gateway, and from the gateway to your screen. Nothing waits for the end, which is why you are reading this sentence before the last one has been sent.

### What can go wrong on the way

| what happens | what you see |
| --- | --- |
| you reload the page | the text so far, and then the rest |
| the network goes away | the same, once it is back |
| the function crashes | another one takes over and begins again |
| you press Stop | the text so far is kept |

If the model needs a calculation, it calls a tool, waits for the result and continues. The call looks like this:

\`\`\`json
{ "name": "calculator", "input": { "expression": "12.5 / 100 * 480" } }
\`\`\`

When the last piece has been sent, the answer and the model's memory are written in one transaction: either both are kept or neither is. Then the lease is released, and the conversation waits for your next message, for a minute or for some days.

That is the whole story. A real model would have told you a better one; connect one, and ask it the same question again.`;

const german = `Gern. Dieser Text ist fertig hinterlegt: Das eingebaute Demo-Modell kann nicht schreiben, also erzählt es, wie eine Nachricht durch dieses System reist. Er ist mit Absicht lang, damit du zusehen kannst, wie er strömt, ihn anhalten oder die Seite dabei neu laden kannst.

## Die Geschichte einer Nachricht

Jemand drückte **Enter**. Bevor irgendetwas anderes geschah, stand die Nachricht in einer Postgres-Datenbank, denn eine Nachricht, die nur im Speicher ist, kann verloren gehen. Erst dann erfuhr die Seite, dass die Nachricht angenommen ist, zusammen mit der Nummer ihres Zuges.

Als Nächstes bat die Seite um die Antwort, und eine kleine Funktion erwachte. Sie tat vier Dinge in dieser Reihenfolge:

1. Sie prüfte, ob du angemeldet bist.
2. Sie zählte die Anfrage, damit niemand zu viele schickt.
3. Sie nahm eine *Lease* auf das Gespräch, damit nie zwei Funktionen dieselbe Nachricht beantworten.
4. Sie gab dem Modell das Gespräch, und das Modell begann zu sprechen.

Das Modell spricht in Stücken, etwa ein Wort nach dem anderen. Jedes Stück reist auf demselben Weg: vom Modell zur Funktion, durch das Gateway auf deinen Bildschirm. Nichts wartet auf das Ende. Deshalb liest du diesen Satz, bevor der letzte geschrieben ist.

### Was unterwegs schiefgehen kann

| was geschieht | was du siehst |
| --- | --- |
| du lädst die Seite neu | den Text bis dahin, dann den Rest |
| das Netz fällt aus | dasselbe, sobald es wieder da ist |
| die Funktion stürzt ab | eine andere übernimmt und beginnt von vorn |
| du drückst Stopp | der Text bis dahin bleibt |

Wenn das Modell rechnen muss, ruft es ein Werkzeug, wartet auf das Ergebnis und schreibt weiter. Der Aufruf sieht so aus:

\`\`\`json
{ "name": "calculator", "input": { "expression": "12.5 / 100 * 480" } }
\`\`\`

Wenn das letzte Stück gesendet ist, werden die Antwort und das Gedächtnis des Modells in einer Transaktion geschrieben: entweder beides oder keins. Dann wird die Lease frei, und das Gespräch wartet auf deine nächste Nachricht, eine Minute oder einige Tage.

Das ist die ganze Geschichte. Ein echtes Modell hätte dir eine bessere erzählt; verbinde eins und frag noch einmal.`;
