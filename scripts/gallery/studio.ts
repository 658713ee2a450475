import type { Page } from "playwright-core";
import type { Twin } from "#local/twin.ts";
import { turns } from "#test/support/browser-page.ts";

/** What the takers of one look use. */
export interface Studio {
  page: Page;
  twin: Twin;
  /** The list of conversations is behind a button. */
  isNarrow: boolean;
  /** Opens a page like `page` in a browser of its own, with the cookies and storage of `page` if wanted. */
  openAnother: (options: {
    locale?: string;
    isSignedIn?: boolean;
    serviceWorkers?: "allow";
  }) => Promise<Page>;
  /** Takes a picture of the state of `page`, or of another page. */
  take: (state: string, shown?: Page) => Promise<void>;
}

/** The length of the text makes the page scroll on a phone. */
export const answer = `Here is how to **add up** a column.

| Item | Price |
|---|--:|
| Paper | 12.50 |
| Ink | 30.00 |

\`\`\`python
def total(prices: list[float]) -> float:
    # Cents would be exact.
    return sum(prices)
\`\`\`

1. Call it with the prices.
2. Read more in the [manual](https://example.com/manual).`;

export async function startNewChat(page: Page) {
  await page.getByRole("button", { name: "New chat" }).click();
}

export async function waitForAnswer(page: Page) {
  await turns(page).getByText("Demo model ·").first().waitFor();
}

/** Opens a dialog by its entry of the menu. */
export async function chooseInHeader(page: Page, entry: string) {
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: entry, exact: true }).click();
}
