import { type Check, expectHeader, expectStatus, expectThat } from "./run-checks.ts";
import { readJson, VerifyClient } from "./verify-client.ts";

/** Checks login and the limits of a session. Leaves `client` logged in. */
export function sessionChecks(client: VerifyClient, password: string): Check[] {
  return [...loginChecks(client, password), ...originChecks(client, password)];
}

function loginChecks(client: VerifyClient, password: string): Check[] {
  const { origin } = client;
  return [
    {
      name: "a wrong password is refused",
      async run() {
        const response = await new VerifyClient(origin).login("not the password");
        expectThat(
          response.status !== 429,
          `this address has sent five wrong passwords; try again in ${response.headers.get("retry-after")} s`,
        );
        expectStatus(response, 401);
        expectThat(!(await response.text()).includes("not the password"), "the response echoes it");
        return "401";
      },
    },
    {
      name: "login, and its cookie",
      essential: true,
      async run() {
        const response = await client.login(password);
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
      name: "a session expires within a day, and cannot be forged",
      async run() {
        const me = await client.send("/api/me");
        expectStatus(me, 200);
        const { expires_at: expiresAt } = await readJson(me);
        const hours = (Date.parse(String(expiresAt)) - Date.now()) / 3_600_000;
        expectThat(hours > 0 && hours <= 24.1, `it expires in ${hours.toFixed(1)} hours`);
        const forger = new VerifyClient(origin);
        const [head, claims, signature = ""] = client.cookie.split(".");
        forger.cookie = [head, claims, [...signature].reverse().join("")].join(".");
        expectStatus(await forger.send("/api/me"), 401);
        return `until ${expiresAt}; 401 with another signature`;
      },
    },
  ];
}

/** Checks other sites and programs. */
function originChecks(client: VerifyClient, password: string): Check[] {
  const { origin } = client;
  return [
    {
      name: "another site can neither send nor stream",
      async run() {
        const crossSite = { "sec-fetch-site": "cross-site" };
        const post = await client.sendJson("/api/v1/chat", { message: "Test" }, crossSite);
        expectStatus(post, 403);
        const stream = await client.send(`/api/v1/chat?conversation_id=${unknownId}`, {
          headers: crossSite,
        });
        expectStatus(stream, 403);
        return "403 twice, so sec-fetch-site is forwarded";
      },
    },
    {
      name: "a bearer token does not work through CloudFront",
      async run() {
        const authorization = `Bearer ${await tokenOf(client, password)}`;
        const response = await new VerifyClient(origin).send("/api/me", {
          headers: { authorization },
        });
        expectStatus(response, 401);
        return "401, so Authorization is not forwarded";
      },
    },
    {
      name: "a program revokes its token, and the cookie of the same login",
      async run() {
        const program = new VerifyClient(origin);
        const authorization = `Bearer ${await tokenOf(program, password)}`;
        const revoked = await new VerifyClient(origin).send("/api/logout", {
          method: "POST",
          headers: { authorization },
        });
        expectStatus(revoked, 204);
        expectStatus(await program.send("/api/me"), 401);
        return "204, then 401 with the cookie";
      },
    },
  ];
}

/** Checks that logout revokes the session, not only the cookie. */
export function logoutCheck(client: VerifyClient): Check {
  return {
    name: "logout ends the session",
    async run() {
      const { cookie } = client;
      expectStatus(await client.send("/api/logout", { method: "POST" }), 204);
      client.cookie = cookie;
      expectStatus(await client.send("/api/me"), 401);
      return "401 with the old cookie";
    },
  };
}

/** Returns a bearer token with the same owner as the client, so that both share conversations. */
export async function tokenOf(client: VerifyClient, password: string): Promise<string> {
  const response = await client.sendJson("/api/login", { password, token: true });
  expectStatus(response, 200);
  return String((await readJson(response)).token);
}

const unknownId = "00000000-0000-4000-8000-000000000000";
