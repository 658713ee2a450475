// `npm run migrate` and `npm run migrate:down`, with both addresses in the environment.
import { migrate } from "#migrations/migrate.ts";

try {
  const direction = process.argv[2] ?? "up";
  if (direction !== "up" && direction !== "down") throw new Error("Usage: migrate [up|down]");
  const url = process.env.DATABASE_URL_DIRECT;
  if (!url) {
    throw new Error(
      "DATABASE_URL_DIRECT is missing: the address of the owner, on the direct host.",
    );
  }
  const runtimeRole = direction === "up" ? roleIn(process.env.DATABASE_URL) : undefined;
  const names = await migrate({ url, direction, runtimeRole });
  const done = direction === "up" ? "applied" : "reverted";
  console.log(names.length === 0 ? "The database is up to date." : `${done}: ${names.join(", ")}`);
} catch (error) {
  console.error(`migrate: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

function roleIn(url: string | undefined): { name: string; password: string } {
  const { username, password } = URL.parse(url ?? "") ?? {};
  if (!username || !password) {
    throw new Error("DATABASE_URL is missing, or names no user and password for the functions.");
  }
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}
