import { toApiProblem } from "./api/api-problem.ts";
import { readLanguage } from "./texts/language.ts";
import { loadTranslation } from "./texts/load-translation.ts";

let forget = () => {};

/**
 * Loads React, the chat, and beside them the chat's texts in the person's language. At the address of an approval link loads
 * only the page of the link. The same files load only once.
 * @throws ApiProblem of type "unreachable" if the browser cannot load a file
 */
export async function loadChat() {
  try {
    if (location.pathname.startsWith("/approve/")) {
      return { ...(await import("./approvals/link/mount-approval.ts")), translation: null };
    }
    const [{ mount, forgetOwner }, translation] = await Promise.all([
      import("./chat/mount-chat.tsx"),
      loadTranslation(readLanguage()),
    ]);
    forget = forgetOwner;
    return { mount, translation };
  } catch (error) {
    throw toApiProblem(error);
  }
}

/** Forgets what the chat has in memory of the owner. Does nothing before the chat has loaded. */
export function forgetOwner(): void {
  forget();
}
