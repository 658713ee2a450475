import { textEvents } from "#local/bedrock/answer.ts";
import { sayIn } from "#local/bedrock/demo/language.ts";
import type { Question, Reply, Skill } from "#local/bedrock/demo/skill.ts";

const request =
  /\b(?:crash|kill)\b.*\b(?:server|process|function|lambda|yourself|runner)\b|\b(?:server|prozess|funktion)\b.*\b(?:abstürzen|absturz|abschießen|töte)\b|\btöte\b.*\b(?:server|prozess)\b|\babsturz\b.*\b(?:mitten|antwort)\b/iu;
const isRequest = (text: string) =>
  request.test(text) && !/^(?:what|how|why|was|wie|warum)\b/iu.test(text);

/** Kills the process that runs this turn in the middle of the answer. The process that takes over says what has happened. */
export const crash: Skill = (question) => {
  if (!isRequest(question.text)) return undefined;
  return question.crashes === 0 ? untilTheCrash(question) : afterTheCrash(question);
};

function untilTheCrash({ language }: Question): Reply {
  const say = sayIn(language);
  return [
    ...textEvents(
      say(
        "I am writing this answer in a process of its own, as Lambda would run it. Your message is in the database already, and this text is stored as it grows. At the end of this sentence the process gets SIGKILL, which no program can catch …",
        "Ich schreibe diese Antwort in einem eigenen Prozess, wie Lambda ihn startet. Deine Nachricht steht schon in der Datenbank, und dieser Text wird gespeichert, während er wächst. Am Ende dieses Satzes bekommt der Prozess SIGKILL, das kein Programm abfangen kann …",
      ),
    ),
    { type: "crash" },
    ...textEvents(
      say(
        "\n\nNothing was killed: this model was not called by a process of the local twin.",
        "\n\nEs wurde nichts beendet: Kein Prozess des lokalen Zwillings hat dieses Modell aufgerufen.",
      ),
    ),
  ];
}

function afterTheCrash({ language }: Question): string {
  return sayIn(language)(
    `**That was real.** A process that wrote an answer to this message was killed by SIGKILL in the middle of its text.

What happened since:

1. The dead process held a *lease* on this conversation. Nobody can renew it any more, so it ran out.
2. The stream broke. Your page asks again by itself and waits for that moment, as any other client may.
3. Another process then claimed the turn with a higher *fence*. A late write of the dead process would be refused.
4. It repeats the answer, because nothing with an effect had happened. This text replaces the half one.

Your message was never in danger. Had a tool call with an effect been on its way, it would not be repeated.`,
    `**Das war echt.** Ein Prozess, der eine Antwort auf diese Nachricht schrieb, wurde mitten im Text mit SIGKILL beendet.

Was seitdem geschah:

1. Der tote Prozess hielt eine *Lease* auf diesem Gespräch. Niemand erneuerte sie mehr, also lief sie ab.
2. Der Strom brach ab. Deine Seite fragt von selbst erneut und wartet auf diesen Moment, wie jeder andere Client es kann.
3. Dann übernahm ein anderer Prozess mit einem höheren *Fence*. Ein später Schreibversuch des toten Prozesses würde abgelehnt.
4. Er wiederholt die Antwort, weil nichts mit einer Wirkung geschehen war. Dieser Text ersetzt den halben.

Deine Nachricht war nie in Gefahr. Ein Werkzeugaufruf mit einer Wirkung würde nicht wiederholt.`,
  );
}
