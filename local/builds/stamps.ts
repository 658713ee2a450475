import { hash } from "node:crypto";
import {
  type Dirent,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import * as v from "valibot";

/** What a build has read and written. All paths are relative to the repository. */
export interface BuildFiles {
  /** Files that the build has read. A name that ends with a slash is a folder: every file that is in it. */
  sources: readonly string[];
  /** Files that this process had loaded before the build. */
  programs?: readonly string[];
  /** Contents by path, as the build itself made them. */
  outputs: ReadonlyMap<string, string | Uint8Array>;
}

/** The stamps of builds, compared with the files as they were at one time. */
export interface Stamps {
  /** Whether the build with this name is stamped, and its sources, its outputs and Node are still the same. */
  isCurrent(name: string): boolean;
  /**
   * Stamps a finished build. Writes no stamp if a source has changed since `openStamps`, or a program since this process
   * started, because the build may have used the old content. The next start then repeats the build.
   */
  write(name: string, files: BuildFiles): void;
}

const Stamp = v.object({
  sources: v.array(v.string()),
  sourcesDigest: v.string(),
  /** Digests by path. */
  outputs: v.record(v.string(), v.string()),
});

/** Every build depends on these: the packages as locked and as installed, and the settings of the compiler. */
const commonPrograms = [
  "package.json",
  "package-lock.json",
  "node_modules/.package-lock.json",
  "tsconfig.json",
];
/** File systems take the time of a change from a clock that ticks every 1 to 10 ms. */
const clockTickMs = 20;

/** Tests replace these. Times are in milliseconds since 1970. */
interface Surroundings {
  platform: string;
  processStartedAt: number;
  now: number;
}

/**
 * Compares contents, not dates: a restored, moved or reinstalled file can have any date. Each file is read once, so all
 * builds of one run share the instance. It keeps its stamps in `<root>/dist`.
 */
export function openStamps(root: string, surroundings: Partial<Surroundings> = {}): Stamps {
  const {
    platform = `${process.version} ${process.platform} ${process.arch}`,
    processStartedAt = performance.timeOrigin,
    now: openedAt = Date.now(),
  } = surroundings;
  const digests = new Map<string, string>();
  const stampPath = (name: string) => join(root, "dist", `${name}.stamp.json`);

  function digestOfFile(path: string): string {
    const known = digests.get(path);
    if (known !== undefined) return known;
    const content = orUndefined(() => readFileSync(join(root, path)));
    const digest = content === undefined ? "missing" : digestOf(content);
    digests.set(path, digest);
    return digest;
  }

  function digestOfSources(sources: readonly string[]): string {
    const files = sources.flatMap((path) => (path.endsWith("/") ? filesIn(root, path) : [path]));
    return digestOf([platform, ...files.map((path) => `${path} ${digestOfFile(path)}`)].join("\n"));
  }

  return {
    isCurrent(name) {
      const text = orUndefined(() => readFileSync(stampPath(name), "utf8"));
      const stamp = v.safeParse(v.pipe(v.string(), v.parseJson(), Stamp), text);
      if (!stamp.success) return false;
      const { sources, sourcesDigest, outputs } = stamp.output;
      return (
        Object.entries(outputs).every(([path, digest]) => digestOfFile(path) === digest) &&
        digestOfSources(sources) === sourcesDigest
      );
    },
    write(name, { sources, programs = [], outputs }) {
      const allPrograms = [...commonPrograms, ...programs];
      const changed = (paths: readonly string[], since: number) =>
        paths.some((path) => newestChange(root, path) >= since - clockTickMs);
      if (changed(sources, openedAt) || changed(allPrograms, processStartedAt)) return;
      const all = [...allPrograms, ...sources];
      const stamp: v.InferOutput<typeof Stamp> = {
        sources: all,
        sourcesDigest: digestOfSources(all),
        // Not read from the disk: another process may be replacing the files by the build of other sources.
        outputs: Object.fromEntries(
          Array.from(outputs, ([path, content]) => [path, digestOf(content)]),
        ),
      };
      const draft = `${stampPath(name)}.${process.pid}`;
      writeFileSync(draft, JSON.stringify(stamp));
      renameSync(draft, stampPath(name));
    },
  };
}

const digestOf = (content: string | Uint8Array) => hash("sha256", content, "base64url");

function filesIn(root: string, folder: string): string[] {
  return entriesIn(root, folder)
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** When the file, or anything in the folder, changed last. */
function newestChange(root: string, path: string): number {
  const inside = path.endsWith("/") ? entriesIn(root, path) : [];
  const paths = [join(root, path), ...inside.map((entry) => join(entry.parentPath, entry.name))];
  return Math.max(...paths.map(changeOf));
}

/**
 * The system itself sets `ctime`; a program can set `mtime` to any value. But package managers share files by hard links,
 * and a new link to a file of a package sets its `ctime`.
 */
function changeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  return /[\\/]node_modules[\\/]/.test(path) ? stats.mtimeMs : stats.ctimeMs;
}

const entriesIn = (root: string, folder: string): Dirent[] =>
  orUndefined(() => readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) ??
  [];

function orUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw error;
  }
}
