import { randomBytes } from "node:crypto";
import * as v from "valibot";

/** The database role of the functions. `npm run migrate` creates it with the password in `database-url`. */
const runtimeRole = "agentic_chat_app";

/**
 * Derives two addresses from the one that Neon shows. Migrations use the direct host, because a pooler breaks their
 * lock. The functions use the given host, as a role that owns nothing.
 * @throws Error with one sentence that does not contain the address
 */
export function databaseSecrets(neonUrl: string) {
  const owner = URL.parse(
    neonUrl
      .trim()
      .replace(/^psql\s+/, "")
      .replace(/^(['"])(.*)\1$/, "$2"),
  );
  if (!owner || !/^postgres(ql)?:$/.test(owner.protocol) || owner.hostname === "") {
    throw new Error("The address of the database must begin with postgresql:// and name a host.");
  }
  if (owner.username === "" || owner.password === "") {
    throw new Error("The address of the database must name the owner and its password.");
  }
  if (owner.pathname.length < 2) throw new Error("The address names no database after the host.");
  if (decodeURIComponent(owner.username) === runtimeRole) {
    throw new Error(`The address names the role ${runtimeRole}. It must name the owner.`);
  }
  const runtime = new URL(owner);
  runtime.username = runtimeRole;
  runtime.password = randomKey(24);
  const direct = new URL(owner);
  direct.hostname = owner.hostname.replace(/-pooler(?=\.|$)/, "");
  return { "database-url-direct": { url: direct.href }, "database-url": { url: runtime.href } };
}

/** @throws Error with one sentence, without the password, if the password is too weak */
export function passwordSecret(password: string): { password: string } {
  if (password.length < 16) throw new Error("The password must have at least 16 characters.");
  if (new Set(password.toLowerCase()).size < 8) {
    throw new Error("The password must have at least 8 different characters.");
  }
  if (
    /password|passwort|changeme|change[-_ ]me|letmein|qwerty|12345|enterprise-?agentic/i.test(
      password,
    )
  ) {
    throw new Error(
      "The password contains a word that attackers try first. Choose another, or leave it empty to generate one.",
    );
  }
  return { password };
}

/** 20 characters out of 64, which are 120 random bits. */
export const newPassword = () => ({ password: randomKey(15) });

export const newOriginKey = () => ({ key: randomKey(24) });

interface TokenSecret {
  keys: { kid: string; key: string }[];
  epoch: number;
}

/** Adds a new key that signs. The previous key still verifies, so that sessions stay valid. */
export function tokenSecret(previous?: TokenSecret): TokenSecret {
  const added = { kid: randomKey(6), key: randomKey(32) };
  return { keys: [added, ...(previous?.keys ?? [])].slice(0, 2), epoch: previous?.epoch ?? 1 };
}

const randomKey = (bytes: number) => randomBytes(bytes).toString("base64url");

const UrlText = v.pipe(v.string(), v.parseJson(), v.object({ url: v.string() }));

/** Returns the address in a stored secret. @throws Error if the secret has another form */
export function parseDatabaseUrl(text: string): string {
  const parsed = v.safeParse(UrlText, text);
  if (parsed.success) return parsed.output.url;
  throw new Error('database-url-direct is not of the form {"url":"postgresql://…"}. Replace it.');
}
