/** What a site's robots.txt says about one program (RFC 9309). */
export interface RobotsRules {
  allow(path: string): boolean;
}

interface Rule {
  isAllowed: boolean;
  pattern: string;
}

/** For a site without robots.txt, and for one whose file cannot be read. */
export const everythingAllowed: RobotsRules = { allow: () => true };
export const nothingAllowed: RobotsRules = { allow: () => false };

/**
 * Reads a robots.txt for the program with this product token. The groups that name the program count together; without
 * one the groups for all programs count. The longest matching rule decides, and of two equally long ones the one that allows.
 */
export function readRobotsRules(text: string, productToken: string): RobotsRules {
  const groups = readGroups(text);
  const own = groups.filter(({ agents }) => agents.includes(productToken.toLowerCase()));
  const chosen = own.length > 0 ? own : groups.filter(({ agents }) => agents.includes("*"));
  const rules = chosen
    .flatMap((group) => group.rules)
    .toSorted(
      (a, b) => b.pattern.length - a.pattern.length || Number(b.isAllowed) - Number(a.isAllowed),
    );
  return {
    allow(path) {
      const encoded = normalEncoding(path);
      return rules.find(({ pattern }) => matches(pattern, encoded))?.isAllowed ?? true;
    },
  };
}

interface Group {
  agents: string[];
  rules: Rule[];
}

function readGroups(text: string): Group[] {
  const groups: Group[] = [];
  let current: Group | undefined;
  for (const line of text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/)) {
    const [, key = "", value = ""] = /^\s*([a-z-]+)\s*:\s*([^#]*)/i.exec(line) ?? [];
    const name = key.toLowerCase();
    if (name === "user-agent") {
      // Lines that name programs belong together until the first rule.
      if (!current || current.rules.length > 0) {
        current = { agents: [], rules: [] };
        groups.push(current);
      }
      current.agents.push(productTokenOf(value));
    } else if (name === "allow" || name === "disallow") {
      // A rule without a path says nothing, but ends the names of its group.
      current?.rules.push({
        isAllowed: name === "allow" || value.trim() === "",
        pattern: normalEncoding(value.trim()),
      });
    }
  }
  return groups;
}

/** The name may have a version behind it, which does not count. */
const productTokenOf = (value: string): string =>
  value.trim() === "*" ? "*" : (/^[a-z_-]+/i.exec(value.trim())?.[0] ?? "").toLowerCase();

/** `*` stands for any characters, and `$` at the end for the end of the path. Takes time linear in the path for each `*`. */
function matches(pattern: string, path: string): boolean {
  const isWhole = pattern.endsWith("$");
  const [start = "", ...pieces] = (isWhole ? pattern.slice(0, -1) : pattern).split("*");
  if (!path.startsWith(start)) return false;
  let end = start.length;
  for (const [index, piece] of pieces.entries()) {
    if (isWhole && index === pieces.length - 1) {
      return path.length - piece.length >= end && path.endsWith(piece);
    }
    const found = path.indexOf(piece, end);
    if (found === -1) return false;
    end = found + piece.length;
  }
  return !isWhole || end === path.length;
}

/** Writes each character in one way: unreserved ones plain, others beyond ASCII as percent-encoded UTF-8. */
function normalEncoding(path: string): string {
  return path
    .toWellFormed()
    .replace(/[^\x20-\x7E]+/g, encodeURIComponent)
    .replace(/%[0-9a-f]{2}/gi, (code) => {
      const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
      return /[\w.~-]/.test(character) ? character : code.toUpperCase();
    });
}
