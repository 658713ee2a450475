import { composer } from "#test/support/browser-page.ts";
import type { Studio } from "./studio.ts";

export async function takeOperator({ twin, openAnother, take }: Studio) {
  const page = await openAnother({});
  await page.goto("/operator");
  await page.getByLabel("Password").fill(twin.operatorPassword);
  await take("operator-login", page);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Slowest answers" }).waitFor();
  await take("operator", page);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await take("operator-end", page);
  await page.context().close();
}

/** Takes the longest texts of a page in German. */
export async function takeGerman({ twin, isNarrow, openAnother, take }: Studio) {
  const page = await openAnother({ locale: "de-DE" });
  const button = (name: string) => page.getByRole("button", { name });
  const message = page.getByRole("textbox", { name: "Nachricht", exact: true });
  await page.getByLabel("Passwort", { exact: true }).fill(twin.password);
  await take("german-login", page);
  await page.keyboard.press("Enter");
  await button("Den Server abstürzen lassen").waitFor();
  await take("german-empty", page);
  await message.fill("Sende einen Webhook: Hallo von der Demo");
  await page.keyboard.press("Control+Enter");
  await button("Ablehnen").first().waitFor();
  await take("german-decision", page);
  await button("Zustimmen").first().click();
  await page.getByText("Demo-Modell ·").waitFor();
  await page.locator("summary", { hasText: "Über diese Antwort" }).press("Enter");
  await take("german-answer", page);
  await button("Menü").click();
  await take("german-menu", page);
  await button("Auf anderem Gerät nutzen").click();
  await button("Code anzeigen").click();
  await page.getByRole("img", { name: "QR" }).waitFor();
  await take("german-devices", page);
  await page.keyboard.press("Escape");
  await button("Menü").click();
  await button("Einstellungen").click();
  await page.getByRole("radio", { name: "Deutsch" }).waitFor();
  await take("german-settings", page);
  await button("Schlüssel erstellen").click();
  await button("Schlüssel jetzt erstellen").scrollIntoViewIfNeeded();
  await take("german-settings-key-form", page);
  await page.keyboard.press("Escape");
  if (isNarrow) await button("Unterhaltungen").click();
  await page.getByRole("button", { name: "Optionen" }).first().click();
  await page.getByRole("menu").waitFor();
  await take("german-conversation-menu", page);
  await page.context().close();
}

/** Takes the page that loses its network, and the page that opens without one. */
export async function takeOffline({ page, openAnother, take }: Studio) {
  await page.context().setOffline(true);
  await page.getByText("You’re offline.").waitFor();
  await take("offline");
  await page.context().setOffline(false);

  const installed = await openAnother({ isSignedIn: true, serviceWorkers: "allow" });
  await composer(installed).waitFor();
  await installed.evaluate(() => navigator.serviceWorker.ready);
  await installed.context().setOffline(true);
  await installed.reload();
  await installed.getByText("Can’t reach the server.").waitFor();
  await take("offline-start", installed);
  await installed.context().close();
}
