import { createViewStore } from "#frontend/ui/view-store.ts";

/** What the browser reads aloud. One thing at a time. */
const view = createViewStore<{ key: string | null }>({ key: null });

/** Undefined in browsers that cannot speak. The DOM's types do not know that. */
const synthesis = (): SpeechSynthesis | undefined => globalThis.speechSynthesis;

let newestRun: object | undefined;

const readVoices = (): SpeechSynthesisVoice[] => synthesis()?.getVoices() ?? [];

export const speech = {
  read: view.read,
  subscribe: view.subscribe,

  /** Whether the browser has a voice. Some browsers load their voices late. */
  canSpeak: (): boolean => readVoices().length > 0,
  subscribeToVoices(listener: () => void): () => void {
    const current = synthesis();
    // Safari has no such event, and its voices at once.
    current?.addEventListener?.("voiceschanged", listener);
    return () => current?.removeEventListener?.("voiceschanged", listener);
  },
  /** Whether the voice of this language runs on this machine, so that the text does not leave it. */
  isPrivate: (language: string): boolean => voiceFor(language)?.localService ?? false,

  /** Reads the utterances aloud, one after another. `key` names what is read. */
  start(key: string, utterances: string[], language: string): void {
    const current = synthesis();
    if (current === undefined) return;
    // The utterances that `cancel` ends report their end later.
    current.cancel();
    const run = {};
    newestRun = run;
    view.update({ key: utterances.length > 0 ? key : null });
    const voice = voiceFor(language);
    for (const [index, text] of utterances.entries()) {
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.lang = voice?.lang ?? language;
      utterance.voice = voice ?? null;
      const isLast = index === utterances.length - 1;
      const end = () => newestRun === run && view.update({ key: null });
      if (isLast) utterance.onend = end;
      utterance.onerror = end;
      current.speak(utterance);
    }
  },
  stop(key: string): void {
    if (view.read().key !== key) return;
    view.update({ key: null });
    synthesis()?.cancel();
  },
};

/** Prefers a voice of this machine: others send the text to the browser's maker. */
function voiceFor(language: string): SpeechSynthesisVoice | undefined {
  const fitting = readVoices().filter(
    ({ lang }) => lang.replace("_", "-").split("-")[0] === language,
  );
  const local = fitting.filter(({ localService }) => localService);
  const isUsual = ({ default: isDefault }: SpeechSynthesisVoice) => isDefault;
  return local.find(isUsual) ?? local[0] ?? fitting.find(isUsual) ?? fitting[0];
}
