import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Nothing inline: the page is served under a policy that allows scripts and styles from its own address alone.
export default defineConfig(({ command }) => {
  // Vite keeps what it finds: a page that a test run has built would carry React's development half.
  if (command === "build") process.env.NODE_ENV = "production";
  return {
    root: import.meta.dirname,
    plugins: [react()],
    build: {
      outDir: "../dist/page",
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
    server: {
      // `npm start` serves the system here; Vite then only serves the page's sources.
      proxy: { "/api": "http://localhost:3000", "/health": "http://localhost:3000" },
    },
  };
});
