import { randomBytes } from "node:crypto";

/** Every secret of a stage, by its name after the prefix. */
export const secretNames = [
  "database-url-direct",
  "database-url",
  "demo-password",
  "auth-token-secret",
  "origin-api-key",
] as const;
export type SecretName = (typeof secretNames)[number];

/** The role that the functions use; `npm run migrate` creates it with the password in `database-url`. */
const runtimeRole = "agentic_chat_app";

/**
 * The two addresses made of the one that Neon shows. Migrations go to the direct host (a pooler would share their lock),
 * the functions wherever it led, as a role that owns nothing.
 * @throws Error that says what is wrong with the address, never the address
 */
export function databaseSecrets(neonUrl: string) {
  const owner = URL.parse(
    neonUrl
      .trim()
      .replace(/^psql\s+/, "")
      .replace(/^(['"])(.*)\1$/, "$2"),
  );
  if (!owner || !/^postgres(ql)?:$/.test(owner.protocol) || owner.hostname === "") {
    throw new Error("The address of the database has to begin with postgresql:// and name a host.");
  }
  if (owner.username === "" || owner.password === "") {
    throw new Error("The address of the database has to name the owner and its password.");
  }
  if (owner.pathname.length < 2) throw new Error("The address names no database after the host.");
  if (decodeURIComponent(owner.username) === runtimeRole) {
    throw new Error(`The address is that of ${runtimeRole}; the one of the owner is needed.`);
  }
  const runtime = new URL(owner);
  runtime.username = runtimeRole;
  runtime.password = randomKey(24);
  const direct = new URL(owner);
  direct.hostname = owner.hostname.replace(/-pooler(?=\.|$)/, "");
  return { "database-url-direct": { url: direct.href }, "database-url": { url: runtime.href } };
}

/**
 * @throws Error that says why a password is too weak, never the password
 */
export function passwordSecret(password: string): { password: string } {
  if (password.length < 16) throw new Error("The password has to have at least 16 characters.");
  if (new Set(password.toLowerCase()).size < 8) {
    throw new Error("The password has to have at least 8 different characters.");
  }
  if (
    /password|passwort|changeme|change[-_ ]me|letmein|qwerty|12345|enterprise-?agentic/i.test(
      password,
    )
  ) {
    throw new Error(
      "The password holds a word that is guessed first. Choose another, or none to have one made.",
    );
  }
  return { password };
}

/** 20 characters of 64: 120 bits, which nobody guesses and one can still type. */
export const madePassword = () => ({ password: randomKey(15) });

export const madeOriginKey = () => ({ key: randomKey(24) });

interface TokenSecret {
  keys: { kid: string; key: string }[];
  epoch: number;
}

/** A new key that signs; the one before it still verifies, so that nobody is logged out. */
export function tokenSecret(former?: TokenSecret): TokenSecret {
  const made = { kid: randomKey(6), key: randomKey(32) };
  return { keys: [made, ...(former?.keys ?? [])].slice(0, 2), epoch: former?.epoch ?? 1 };
}

const randomKey = (bytes: number) => randomBytes(bytes).toString("base64url");
