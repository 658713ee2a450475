import { answerWith } from "#local/bedrock/script.ts";
import { composer, send, turns } from "#test/support/browser-page.ts";
import {
  checkedAnswer,
  manyDocuments,
  quotedWords,
  seedDocuments,
  waitingUpload,
} from "#test/support/seeded-documents.ts";
import { showTurn } from "#test/support/seeded-results.ts";
import { chooseInHeader, type Studio, startNewChat, waitForAnswer } from "./studio.ts";

/** Takes the list, the view and the files of a message. Changes the responses, because most of these states are short. */
export async function takeDocuments({ page, twin, take }: Studio) {
  await seedDocuments(page, manyDocuments());
  const bucket = (url: URL) => url.origin === twin.parts.s3.endpoint;
  await page.route(bucket, () => {});
  await page.route("**/api/v1/documents", async (route) => {
    if (route.request().method() !== "POST") return await route.fallback();
    await route.fulfill({ json: waitingUpload(twin.parts.s3.endpoint) });
  });
  const choose = async (button: string) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: button }).click();
    await (await chooser).setFiles([
      { name: "big.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(900_000, 65) },
      { name: "picture.png", mimeType: "image/png", buffer: Buffer.from("x") },
    ]);
    await page.getByRole("progressbar").waitFor();
  };
  await chooseInHeader(page, "Documents");
  const list = page.getByRole("dialog", { name: "Documents" });
  await list.getByText("Travel policy 2026.pdf").waitFor();
  await take("documents");
  await list.getByRole("button", { name: "Rename notes.md" }).click();
  await take("documents-renaming");
  await page.keyboard.press("Escape");
  await list.getByRole("button", { name: "Delete notes.md" }).click();
  await take("documents-deleted");
  await list.getByRole("button", { name: "Undo" }).click();
  await choose("Add files");
  await list.evaluate((element) => element.scrollTo(0, 0));
  await take("documents-uploads");
  await list.getByRole("button", { name: "Cancel the upload of big.pdf" }).click();
  await list.getByRole("button", { name: "Dismiss picture.png" }).click();
  await list.getByRole("button", { name: "Close" }).click();

  await startNewChat(page);
  twin.parts.bedrock.script.add(answerWith("The answer."));
  await send(page, "What does the policy say about trains?");
  await waitForAnswer(page);
  await showTurn(page, checkedAnswer());
  await turns(page).getByText("Not verified").waitFor();
  await take("checked-answer");
  await turns(page).getByRole("button", { name: "Not verified" }).click();
  await take("checked-answer-reason");
  await page.keyboard.press("Escape");
  await turns(page).getByRole("link", { name: quotedWords }).click();
  await page.locator("mark").waitFor();
  await take("document-quotation");
  const view = page.getByRole("dialog", { name: "Document", exact: true });
  await view.evaluate((element) => element.scrollTo(0, 0));
  await take("document");
  await page.keyboard.press("Escape");
  await view.waitFor({ state: "hidden" });
  await choose("Attach files");
  await take("attached-files");
  await send(page, "Sum it up");
  await page.getByRole("button", { name: "Send anyway" }).waitFor();
  await take("attached-files-held");
  await page.getByRole("button", { name: "Don’t send yet" }).click();
  await page.getByRole("button", { name: "Remove big.pdf" }).click();
  await page.getByRole("button", { name: "Remove picture.png" }).click();
  await composer(page).fill("");
  await page.unrouteAll();
}
