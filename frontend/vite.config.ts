import { defineConfig } from "vite";
import { loadSteps } from "./build/load-steps.ts";
import { pageOptions } from "./build/page-options.ts";
import { offlineShell } from "./build/page-plugins.ts";

// Nothing inline, and no text that becomes markup: the policy of the page allows neither.
export default defineConfig(({ command }) => {
  // Vite keeps what it finds: a page that a test run has built would carry React's development half.
  if (command === "build") process.env.NODE_ENV = "production";
  return {
    ...pageOptions,
    plugins: [...pageOptions.plugins, offlineShell()],
    build: {
      ...pageOptions.build,
      emptyOutDir: true,
      // In kilobytes. PDF.js is one script of 1.6 MB, which loads with the original pages of a PDF.
      chunkSizeWarningLimit: 1_800,
      rolldownOptions: {
        output: {
          codeSplitting: {
            // Files without our own code keep their names, so that a browser keeps them through our deployments.
            groups: [
              { name: "react", test: /node_modules\/(react|react-dom|scheduler)\// },
              // Footnotes are with the rare Markdown.
              {
                name: "markdown",
                test: /node_modules\/(mdast|micromark|unist)(?!.*footnote)-?[^/]*\//,
              },
              loadSteps(),
              // Otherwise it is in one script with the prompts, which the dialogs of settings do not need.
              { name: "owner-settings", test: /src\/chat\/settings\/owner-settings\./ },
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
