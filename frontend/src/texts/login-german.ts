import type { LoginTexts } from "./login-english.ts";

export const loginGerman: LoginTexts = {
  language: "de",
  product: "Enterprise Agentic AI",
  tryAgain: "Erneut versuchen",
  startingUp: "Der Dienst startet, das dauert ein paar Sekunden.",

  login: {
    greeting: {
      firstVisit: "Melde dich mit dem Passwort deines Teams an.",
      sessionExpired:
        "Deine Sitzung ist abgelaufen. Melde dich an, um weiterzumachen; dein Entwurf ist gespeichert.",
      signedOut: "Du bist abgemeldet.",
      deleted: "Alles von dir ist gelöscht.",
    },
    password: "Passwort",
    show: "Zeigen",
    hide: "Verbergen",
    showPassword: "Passwort zeigen",
    hidePassword: "Passwort verbergen",
    capsLock: "Die Feststelltaste ist an.",
    signIn: "Anmelden",
    signingIn: "Anmeldung läuft …",
    useCode: "Code von einem anderen Gerät verwenden",
  },

  notices: {
    afterWait: {
      tryAgain: {
        now: "Du kannst es jetzt erneut versuchen.",
        soon: "Du kannst es gleich erneut versuchen.",
        before: "Versuche es in ",
        after: " erneut.",
      },
    },
    seconds: (count) => `${count} s`,
    minutes: (text) => `${text} min`,
  },

  problems: {
    invalid_password: "Falsches Passwort. Versuche es erneut.",
    forbidden: "Anfrage blockiert. Lade die Seite neu.",
    cross_site: "Anfrage blockiert. Lade die Seite neu.",
    rate_limited: "Zu viele Anfragen.",
    service_unavailable: "Der Dienst ist vorübergehend nicht verfügbar.",
    gateway_timeout: "Der Server hat nicht rechtzeitig geantwortet.",
    internal_error: "Bei uns ist etwas schiefgegangen.",
    cookies_blocked:
      "Dein Browser blockiert die Cookies dieser Seite. Erlaube sie, um dich anzumelden.",
    unreachable: "Der Server ist nicht erreichbar. Prüfe deine Verbindung.",
    unreadable: "Unerwartete Antwort vom Server. Lade die Seite neu.",
  },
  internalError: (requestId) =>
    requestId === undefined
      ? "Bei uns ist etwas schiefgegangen. Versuche es erneut."
      : `Bei uns ist etwas schiefgegangen. Falls das öfter passiert, nenne uns diese ID: ${requestId}`,
};
