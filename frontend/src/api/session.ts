import { LoginAnswer, Me } from "#lib/contract/session.ts";
import { requestJson, requestNoContent } from "./request.ts";

// Apart from `client.ts`, because the login loads these requests and not those of the chat.

export async function login(password: string): Promise<void> {
  await requestJson("/api/login", LoginAnswer, { method: "POST", body: { password } });
}

export async function logout(): Promise<void> {
  await requestNoContent("/api/logout", { method: "POST" });
}

/** Returns the session of this browser. Throws a problem with status 401 if there is none. */
export async function getMe(): Promise<Me> {
  return await requestJson("/api/me", Me);
}
