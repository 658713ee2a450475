import { join } from "node:path";
import react from "@vitejs/plugin-react";
import type { UserConfig } from "vite";
import { scriptBeforePaint } from "./page-plugins.ts";

const root = join(import.meta.dirname, "..");

/** What the builds of all pages have in common. Nothing inline: the policy of the pages allows nothing. */
export const pageOptions = {
  root,
  plugins: [react(), scriptBeforePaint()],
  resolve: {
    alias: {
      // The one for browsers sets innerHTML, which the page's policy refuses.
      "decode-named-character-reference": join(root, "src/chat/markdown/named-characters.ts"),
    },
  },
  build: {
    outDir: "../dist/page",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
} satisfies UserConfig;

/**
 * A page that is a build of its own, from `<name>.html`, with its files in `assets/<name>/`. In one build with the chat it would
 * share scripts with it, and everybody would load the chat in more and smaller files.
 */
export const separatePage = (name: string) => ({
  ...pageOptions,
  build: {
    ...pageOptions.build,
    assetsDir: `assets/${name}`,
    // The build of the chat has emptied the folder and copied the public files.
    emptyOutDir: false,
    copyPublicDir: false,
    rolldownOptions: { input: join(root, `${name}.html`) },
  },
});
