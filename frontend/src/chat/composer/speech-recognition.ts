/** The parts of the Web Speech API that the page uses. TypeScript's DOM library does not have them: Firefox does not, either. */
export interface SpeechRecognition extends EventTarget {
  continuous: boolean;
  interimResults: boolean;
  lang: string;
  start(): void;
  stop(): void;
  abort(): void;
  onresult: ((event: RecognitionResults) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
}

interface RecognitionResults {
  /** The first result that has changed. */
  resultIndex: number;
  results: ArrayLike<ArrayLike<{ transcript: string }> & { isFinal: boolean }>;
}

/** Returns a new recognition. Throws in a browser without one. */
export function createRecognition(): SpeechRecognition {
  const names = ["SpeechRecognition", "webkitSpeechRecognition"];
  const make: unknown = names.map((name) => Reflect.get(globalThis, name)).find(Boolean);
  if (typeof make !== "function") throw new Error("This browser recognises no speech.");
  return Reflect.construct(make, []) as SpeechRecognition;
}

/** Returns the final texts of the results that have changed, and what the browser has understood of the rest so far. */
export function readResults({ resultIndex, results }: RecognitionResults) {
  const changed = Array.from(results).slice(resultIndex);
  const textOf = (isFinal: boolean) =>
    changed
      .filter((result) => result.isFinal === isFinal)
      .map((result) => result[0]?.transcript ?? "")
      .join("");
  return { final: textOf(true), interim: textOf(false) };
}
