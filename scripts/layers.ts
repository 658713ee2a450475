// `npm run layers` writes biome.layers.json from the table below: Biome's rule of which folder may import which.
import { writeFile } from "node:fs/promises";

/** The layers of lib/, lowest first. A folder imports itself and lower layers. The folders of one layer do not import each other. */
const libLayers = [
  ["contract"],
  ["platform"],
  [
    ...["auth", "budget", "conversations", "documents", "health", "mcp", "notes"],
    ...["owner-settings", "rate-limit", "sse", "thread"],
  ],
  ["keys"],
  ["tools"],
  ["agent"],
  ["chat"],
  ["facades"],
].map((folders) => folders.map((folder) => `lib/${folder}`));
const lib = libLayers.flat();

interface Rule {
  folders: string[];
  /** What the folders may import from outside, as `#folder/…`. Their tests may import `testImports` as well. */
  imports: string[];
  /** Relative imports that the folders may not use. */
  forbidden?: string[];
}

const outOfTheFolder = ["../**", "!**/{esbuild.config.mjs,package.json}"];
const testImports = ["test/support", "local"];

export const rules: Rule[] = [
  ...libLayers.flatMap((folders, height) =>
    folders.map((folder) => ({
      folders: [folder],
      imports: [...libLayers.slice(0, height).flat(), folder],
    })),
  ),
  // A function imports no other function.
  {
    folders: ["functions"],
    imports: lib,
    forbidden: [...outOfTheFolder, "!../{dependencies,turn-dependencies}.ts"],
  },
  { folders: ["frontend"], imports: ["lib/contract", "frontend"], forbidden: ["../../**"] },
  { folders: ["migrations"], imports: [] },
  { folders: ["local"], imports: [...lib, "migrations", "local"] },
  { folders: ["infra"], imports: ["lib/budget", "lib/platform", "infra"] },
  // A published package knows nothing of this repository.
  { folders: ["clients"], imports: [] },
  {
    folders: ["scripts"],
    imports: [...lib, "clients", "infra", "migrations", "local", "scripts", "test/support"],
  },
  {
    folders: ["bench"],
    imports: [...lib, "frontend", "migrations", "local", "bench", "test/support"],
  },
  {
    folders: ["test"],
    imports: [
      ...[...lib, "clients", "functions", "frontend", "infra", "migrations", "local"],
      ...["scripts", "test"],
    ],
  },
];

/** Returns the text of biome.layers.json. No file matches two overrides, because Biome applies only the last one. */
export function layersFileText(): string {
  const overrides = rules.flatMap((rule) => {
    const folders = oneOf(rule.folders);
    const withTests = [...new Set([...rule.imports, ...testImports])];
    return [
      override([`${folders}/**`, "!**/*.test.ts"], rule, rule.imports),
      override([`${folders}/**/*.test.ts`], rule, withTests),
    ];
  });
  const lines = overrides.map((one) => JSON.stringify(one));
  return `{ "overrides": [\n${lines.join(",\n")}\n] }\n`;
}

function override(includes: string[], { forbidden = outOfTheFolder }: Rule, imports: string[]) {
  const [files] = includes;
  const allowed = imports.length === 0 ? [] : [`!#${oneOf(imports)}/**`];
  const patterns = [
    { group: forbidden, message: "A file leaves its folder as #lib/…, never as ../." },
    {
      group: ["#*/**", ...allowed],
      message: `${files} may import ${imports.join(", ") || "nothing"} (scripts/layers.ts).`,
    },
  ];
  const noRestrictedImports = { level: "error", options: { patterns } };
  return { includes, linter: { rules: { style: { noRestrictedImports } } } };
}

const oneOf = (names: string[]) => (names.length === 1 ? names.join() : `{${names.join(",")}}`);

export const layersFile = new URL("../biome.layers.json", import.meta.url);

if (import.meta.main) await writeFile(layersFile, layersFileText());
