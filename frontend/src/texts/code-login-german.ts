import type { CodeLoginTexts } from "./code-login-english.ts";

export const codeLoginGerman: CodeLoginTexts = {
  greeting: "Öffne deine Chats mit einem Code von deinem anderen Gerät.",
  code: "Code vom anderen Gerät",
  usePassword: "Passwort verwenden",
  invalidCode:
    "Falscher, benutzter oder abgelaufener Code. Erstelle auf dem anderen Gerät einen neuen.",
  alreadySignedIn:
    "Dieser Browser ist schon angemeldet. Mit dem Code zeigt er stattdessen die Chats des anderen Geräts. Seine eigenen Chats öffnen sich dann nur noch auf seinen anderen Geräten.",
  keepChats: "Diese Chats behalten",
  switchChats: "Abmelden und Code verwenden",
};
