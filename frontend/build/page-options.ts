import { join } from "node:path";
import react from "@vitejs/plugin-react";
import type { UserConfig } from "vite";
import { scriptBeforePaint } from "./page-plugins.ts";

const root = join(import.meta.dirname, "..");

/** What every part of the chat imports, and what the chat loads by itself right after it. */
const ofEveryChat = /^assets\/(index|mount-chat|react|rolldown-runtime|wire)-/;
const besideChat = /^assets\/(markdown|transcript)-/;

/**
 * Removes from the list of what a later part needs the files that the chat has loaded by then. Each script holds the names of the files
 * that its parts need.
 */
function withoutLoaded(part: string, needed: string[], { hostId }: { hostId: string }): string[] {
  if (hostId === "index.html" || /^assets\/index-/.test(hostId)) return needed;
  const isTranscript = besideChat.test(part);
  return needed.filter(
    (file) => !ofEveryChat.test(file) && (isTranscript || !besideChat.test(file)),
  );
}

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
  css: {
    // Half as long as Vite's names, which say the line, too. Scripts hold every name.
    modules: { generateScopedName: "[local]_[hash:base64:3]" },
  },
  build: {
    outDir: "../dist/page",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false, resolveDependencies: withoutLoaded },
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
