import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Whether this machine lets a test install Debian's packages. */
export const mayInstall = (): boolean =>
  process.getuid?.() === 0 && existsSync("/etc/debian_version");

/** Installs Debian's packages. Call it only where `mayInstall` is true. */
export function installPackages(...packages: string[]): void {
  console.log(`Installing Debian's ${packages.join(", ")} for the browser tests …`);
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"],
  };
  execFileSync("apt-get", ["update", "-qq"], options);
  execFileSync(
    "apt-get",
    ["install", "-y", "-qq", "--no-install-recommends", ...packages],
    options,
  );
}
