import { type DeviceTexts, deviceEnglish } from "./device-english.ts";
import { deviceGerman } from "./device-german.ts";
import type { Language } from "./language.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, DeviceTexts> = { en: deviceEnglish, de: deviceGerman };

export function useDeviceTexts(): DeviceTexts {
  return catalogues[useTexts().language];
}
