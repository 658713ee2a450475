import { defineConfig } from "vite";
import { separatePage } from "./build/page-options.ts";

export default defineConfig(() => {
  process.env.NODE_ENV = "production";
  return separatePage("operator");
});
