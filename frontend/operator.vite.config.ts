import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { scriptBeforePaint } from "./build/page-plugins.ts";

// The operators' page is a build of its own, into the folder of the page. In one build with the chat it would share scripts with it,
// and every person would load the login in more and smaller files.
export default defineConfig(() => {
  process.env.NODE_ENV = "production";
  return {
    root: import.meta.dirname,
    plugins: [react(), scriptBeforePaint()],
    build: {
      outDir: "../dist/page",
      assetsDir: "assets/operator",
      // The build of the chat has emptied the folder and copied the public files.
      emptyOutDir: false,
      copyPublicDir: false,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rolldownOptions: { input: join(import.meta.dirname, "operator.html") },
    },
  };
});
