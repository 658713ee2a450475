import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { loadSteps } from "./build/load-steps.ts";
import { offlineShell, scriptBeforePaint } from "./build/page-plugins.ts";

// Nothing inline, and no text that becomes markup: the policy of the page allows neither.
export default defineConfig(({ command }) => {
  // Vite keeps what it finds: a page that a test run has built would carry React's development half.
  if (command === "build") process.env.NODE_ENV = "production";
  return {
    root: import.meta.dirname,
    plugins: [react(), scriptBeforePaint(), offlineShell()],
    resolve: {
      alias: {
        // The one for browsers sets innerHTML, which the page's policy refuses.
        "decode-named-character-reference": join(
          import.meta.dirname,
          "src/chat/markdown/named-characters.ts",
        ),
      },
    },
    build: {
      outDir: "../dist/page",
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // In kilobytes. PDF.js is one script of 1.6 MB, which loads with the original pages of a PDF.
      chunkSizeWarningLimit: 1_800,
      rolldownOptions: {
        output: {
          codeSplitting: {
            // Files without our own code keep their names, so that a browser keeps them through our deployments.
            groups: [
              { name: "react", test: /node_modules\/(react|react-dom|scheduler)\// },
              { name: "markdown", test: /node_modules\/(mdast|micromark|unist)-?[^/]*\// },
              loadSteps(),
              // Too small for scripts of their own.
              { name: "late-shared", test: /src\/(ui\/late-icon|texts\/isolated)\./ },
            ],
          },
        },
      },
    },
    server: {
      // `npm start` serves the system here; Vite then only serves the page's sources.
      proxy: { "/api": "http://localhost:3000", "/health": "http://localhost:3000" },
    },
  };
});
