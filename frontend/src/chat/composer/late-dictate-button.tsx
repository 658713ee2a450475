import { latePart } from "#frontend/ui/late-part.tsx";

export const LateDictateButton = latePart(
  "dictation",
  async () => (await import("./dictate-button.tsx")).DictateButton,
);

/** Firefox cannot recognise speech. Safari and Chromium have their own name for it. */
export const canDictate = (): boolean =>
  "SpeechRecognition" in globalThis || "webkitSpeechRecognition" in globalThis;
