/** The texts of a login with a code from another device. Load with its field, in every language. */
export const codeLoginEnglish = {
  greeting: "Open your chats with a code from your other device.",
  code: "Code from the other device",
  usePassword: "Use the password",
  invalidCode: "Wrong, used or expired code. Make a new one on the other device.",
  /** For a signed-in browser that opens a link with a code. */
  alreadySignedIn:
    "This browser is already signed in. With the code it shows the chats of the other device instead. Its own chats then open only on its other devices.",
  keepChats: "Keep these chats",
  switchChats: "Sign out and use the code",
};

export type CodeLoginTexts = typeof codeLoginEnglish;
