/** The texts of the dialog about devices. Load with the dialog, in every language. */
export const deviceEnglish = {
  explanation:
    "A code opens your chats in another browser. It works once, for ten minutes. Whoever has it can read and change everything here.",
  makeCode: "Show a code",
  newCode: "Show a new code",
  making: "Making a code…",
  code: "Code",
  picture: "QR picture of the link with the code",
  steps: (host: string) =>
    `On the other device, point the camera at the picture. Or open ${host} there and choose “Use a code from another device”.`,
  validFor: (time: string) => `Valid for ${time}`,
  expired: "This code has expired.",
  signedIn: (device: string) => `Signed in: ${device}.`,
  devices: (count: number) => `${count} ${count === 1 ? "device" : "devices"}`,
  list: "Devices",
  unknown: "Unknown device",
  current: "This device",
  signedInAt: (time: string) => `Signed in ${time}`,
  lastUsed: (time: string) => `Last used ${time}`,
  signOut: "Sign out",
  signOutQuestion: "Sign this device out?",
};

export type DeviceTexts = typeof deviceEnglish;
