import type { DeviceTexts } from "./device-english.ts";

export const deviceGerman: DeviceTexts = {
  explanation:
    "Ein Code öffnet deine Chats in einem anderen Browser. Er gilt einmal und zehn Minuten lang. Wer ihn hat, kann hier alles lesen und ändern.",
  makeCode: "Code anzeigen",
  newCode: "Neuen Code anzeigen",
  making: "Code wird erstellt …",
  code: "Code",
  picture: "QR-Bild des Links mit dem Code",
  steps: (host) =>
    `Richte auf dem anderen Gerät die Kamera auf das Bild. Oder öffne dort ${host} und wähle „Code von einem anderen Gerät verwenden“.`,
  validFor: (time) => `Noch ${time} gültig`,
  expired: "Dieser Code ist abgelaufen.",
  signedIn: (device) => `Angemeldet: ${device}.`,
  devices: (count) => `${count} ${count === 1 ? "Gerät" : "Geräte"}`,
  list: "Geräte",
  unknown: "Unbekanntes Gerät",
  current: "Dieses Gerät",
  signedInAt: (time) => `Angemeldet: ${time}`,
  lastUsed: (time) => `Zuletzt benutzt: ${time}`,
  signOut: "Abmelden",
  signOutQuestion: "Dieses Gerät abmelden?",
};
