import { describe, expect, it } from "vitest";
import { httpRequest } from "#test/support/http-request.ts";
import { createSessionCookie } from "./session-cookie.ts";

describe("createSessionCookie", () => {
  it("a secure cookie is bound to its host, https and same-site requests, and hidden from scripts", () => {
    const cookie = createSessionCookie({ secure: true });
    const attributes = "Secure; HttpOnly; SameSite=Strict; Path=/";
    expect(cookie.holding("t")).toBe(`__Host-session=t; ${attributes}; Max-Age=34560000`);
    expect(cookie.removed()).toBe(`__Host-session=; ${attributes}; Max-Age=0`);
  });

  it("a cookie for plain http has neither the prefix nor Secure", () => {
    const cookie = createSessionCookie({ secure: false });
    expect(cookie.holding("t")).toBe(
      "session=t; HttpOnly; SameSite=Strict; Path=/; Max-Age=34560000",
    );
  });

  it("each kind reads only the cookie name that it writes", () => {
    const request = httpRequest({ cookies: { session: "plain", "__Host-session": "bound" } });
    expect(createSessionCookie({ secure: true }).read(request)).toBe("bound");
    expect(createSessionCookie({ secure: false }).read(request)).toBe("plain");
  });
});
