import { randomUUID } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepareLayout } from "./server-layout.ts";

let folder: string;
let log: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "layout-"));
  log = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Creates a placeholder for PostgreSQL's programs, which this test does not run. */
function installIn(directory: string) {
  mkdirSync(join(directory, "bin"), { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, "bin", "postgres"), "", { mode: 0o700 });
  return { directory, version: `test-${randomUUID()}` };
}

const prepare = (installation: { directory: string; version: string }, dataDirectory: string) =>
  prepareLayout(installation, dataDirectory, (line) => log.push(line));

describe.runIf(process.getuid?.() === 0)("as root", () => {
  it("runs as nobody in the given folders if nobody can reach them", () => {
    chmodSync(folder, 0o755);
    const installation = installIn(join(folder, "native"));
    for (const path of ["native", "native/bin", "native/bin/postgres"])
      chmodSync(join(folder, path), 0o755);
    const dataDirectory = join(folder, "data");
    const account = { uid: 65_534, gid: 65_534 };
    expect(prepare(installation, dataDirectory)).toEqual({
      programs: installation.directory,
      dataDirectory,
      account,
    });
    expect(statSync(dataDirectory)).toMatchObject({ ...account, mode: 0o40700 });
    expect(log).toEqual([]);
  });

  it("copies programs and data to /var/tmp if nobody cannot reach them, and logs that", () => {
    const installation = installIn(join(folder, "native"));
    const layout = prepare(installation, join(folder, "data"));
    expect(layout.programs).toMatch(/^\/var\/tmp\/enterprise-agentic-ai-\w+\/postgres-test-/);
    expect(layout.dataDirectory).toMatch(/^\/var\/tmp\/enterprise-agentic-ai-\w+\/data-\w+$/);
    expect(statSync(join(layout.programs, "bin", "postgres")).mode & 0o777).toBe(0o755);
    expect(statSync(layout.dataDirectory).uid).toBe(65_534);
    expect(log).toHaveLength(2);
    expect(prepare(installation, join(folder, "data"))).toEqual(layout);
    for (const path of [layout.programs, layout.dataDirectory]) rmSync(path, { recursive: true });
  });

  it("runs as the user who owns the data", () => {
    chmodSync(folder, 0o755);
    const dataDirectory = join(folder, "data");
    mkdirSync(dataDirectory);
    chownSync(dataDirectory, 1_234, 1_235);
    const installation = installIn(join(folder, "native"));
    const layout = prepare(installation, dataDirectory);
    expect(layout).toMatchObject({ dataDirectory, account: { uid: 1_234, gid: 1_235 } });
    rmSync(layout.programs, { recursive: true });
  });
});

describe.runIf(process.getuid?.() !== 0)("as another user", () => {
  it("runs as that user, and refuses data of another user", () => {
    const installation = installIn(join(folder, "native"));
    const dataDirectory = join(folder, "data");
    expect(prepare(installation, dataDirectory)).toEqual({
      programs: installation.directory,
      dataDirectory,
      account: undefined,
    });
    expect(() => prepare(installation, "/var")).toThrow(
      "The data in /var belong to another user (0).",
    );
  });
});
