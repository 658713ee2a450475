import { defineConfig } from "vite";
import { separatePage } from "./build/page-options.ts";
import { loginOfTheChat } from "./build/page-plugins.ts";

export default defineConfig(() => {
  process.env.NODE_ENV = "production";
  const page = separatePage("shared");
  return { ...page, plugins: [loginOfTheChat(), ...page.plugins] };
});
