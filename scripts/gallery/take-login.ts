import { signIn } from "#test/support/browser-page.ts";
import type { Studio } from "./studio.ts";

/** Takes the login, and the empty chat after it. */
export async function takeLogin({ page, twin, isNarrow, take }: Studio) {
  await page.getByLabel("Password").waitFor();
  await take("login");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
  await take("login-refused");
  await signIn(page, twin.password);
  await page.getByRole("button", { name: "Crash the server" }).waitFor();
  if (!isNarrow) await page.getByText("No conversations yet").waitFor();
  await page.mouse.move(0, 0);
  await take("empty");
}
