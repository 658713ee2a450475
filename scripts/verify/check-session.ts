import { type Check, expectHeader, expectStatus, expectThat } from "./report.ts";
import { readJson, Visitor } from "./visitor.ts";

/** Logging in, and what a session is not open to. Leaves `visitor` logged in. */
export function sessionChecks(visitor: Visitor, password: string): Check[] {
  const { origin } = visitor;
  return [
    {
      name: "a wrong password is refused",
      async run() {
        const response = await new Visitor(origin).login("not the password");
        expectThat(
          response.status !== 429,
          `five wrong passwords came from this address; come back in ${response.headers.get("retry-after")} s`,
        );
        expectStatus(response, 401);
        expectThat(!(await response.text()).includes("not the password"), "it is echoed");
        return "401";
      },
    },
    {
      name: "login, and its cookie",
      essential: true,
      async run() {
        const response = await visitor.login(password);
        expectStatus(response, 200);
        expectHeader(response, "set-cookie", /HttpOnly/);
        expectHeader(response, "set-cookie", /SameSite=Strict/);
        expectHeader(response, "set-cookie", /Path=\/;/);
        if (origin.startsWith("https:")) {
          expectHeader(response, "set-cookie", /^__Host-session=.*Secure/);
        }
        return "HttpOnly, SameSite=Strict, Path=/";
      },
    },
    {
      name: "a session ends within a day, and cannot be forged",
      async run() {
        const me = await visitor.send("/api/me");
        expectStatus(me, 200);
        const { expires_at: expiresAt } = await readJson(me);
        const hours = (Date.parse(String(expiresAt)) - Date.now()) / 3_600_000;
        expectThat(hours > 0 && hours <= 24.1, `it ends in ${hours.toFixed(1)} hours`);
        const forger = new Visitor(origin);
        const [head, claims, signature = ""] = visitor.cookie.split(".");
        forger.cookie = [head, claims, [...signature].reverse().join("")].join(".");
        expectStatus(await forger.send("/api/me"), 401);
        return `until ${expiresAt}; 401 with another signature`;
      },
    },
    {
      name: "another site can neither send nor stream",
      async run() {
        const crossSite = { "sec-fetch-site": "cross-site" };
        const post = await visitor.sendJson("/api/v1/chat", { message: "Test" }, crossSite);
        expectStatus(post, 403);
        const stream = await visitor.send(`/api/v1/chat?conversation_id=${nobodys}`, {
          headers: crossSite,
        });
        expectStatus(stream, 403);
        return "403 twice, so sec-fetch-site is forwarded";
      },
    },
    {
      name: "a bearer token does not work through CloudFront",
      async run() {
        const authorization = `Bearer ${await tokenOf(visitor, password)}`;
        const response = await new Visitor(origin).send("/api/me", { headers: { authorization } });
        expectStatus(response, 401);
        return "401, so Authorization is not forwarded";
      },
    },
    {
      name: "a program ends its token, and the cookie of the same login",
      async run() {
        const program = new Visitor(origin);
        const authorization = `Bearer ${await tokenOf(program, password)}`;
        const ended = await new Visitor(origin).send("/api/logout", {
          method: "POST",
          headers: { authorization },
        });
        expectStatus(ended, 204);
        expectStatus(await program.send("/api/me"), 401);
        return "204, then 401 with the cookie";
      },
    },
  ];
}

/** The session ends for good: the cookie that was kept is worth nothing. */
export function logoutCheck(visitor: Visitor): Check {
  return {
    name: "logout ends the session",
    async run() {
      const { cookie } = visitor;
      expectStatus(await visitor.send("/api/logout", { method: "POST" }), 204);
      visitor.cookie = cookie;
      expectStatus(await visitor.send("/api/me"), 401);
      return "401 with the old cookie";
    },
  };
}

/** For programs that are this visitor, so that they share its conversations. */
export async function tokenOf(visitor: Visitor, password: string): Promise<string> {
  const response = await visitor.sendJson("/api/login", { password, token: true });
  expectStatus(response, 200);
  return String((await readJson(response)).token);
}

const nobodys = "00000000-0000-4000-8000-000000000000";
