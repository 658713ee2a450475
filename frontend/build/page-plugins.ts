import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin, Rolldown } from "vite";

const sources = join(import.meta.dirname, "..", "src");

/** Puts a classic script into the head, under a name with a hash. Vite bundles only modules, which run after the first paint. */
export function scriptBeforePaint(): Plugin {
  const path = join(sources, "login", "first-paint.js");
  let isBuild = false;
  let folder = "";
  let fileName = "";
  return {
    name: "script-before-paint",
    configResolved({ command, build }) {
      isBuild = command === "build";
      folder = build.assetsDir;
    },
    buildStart() {
      if (!isBuild) return;
      const source = withoutComments(readFileSync(path, "utf8"));
      fileName = `${folder}/first-paint-${hashOf(source)}.js`;
      this.emitFile({ type: "asset", fileName, source });
    },
    transformIndexHtml() {
      const src = isBuild ? `/${fileName}` : "/src/login/first-paint.js";
      return [{ tag: "script", attrs: { src }, injectTo: "head" }];
    },
  };
}

/** Writes the service worker, with the names of the files that the page needs before the chat. */
export function offlineShell(): Plugin {
  const path = join(sources, "offline", "service-worker.js");
  return {
    name: "offline-shell",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const html = bundle["index.html"];
        if (html?.type !== "asset") throw new Error("The build has no index.html.");
        const files = ["/index.html", "/favicon.svg", ...startFiles(String(html.source), bundle)];
        const source = withoutComments(readFileSync(path, "utf8"))
          .replace("__FILES__", JSON.stringify(files))
          .replace("__VERSION__", hashOf(String(html.source) + files.join()));
        this.emitFile({ type: "asset", fileName: "service-worker.js", source });
      },
    },
  };
}

/** Puts the login of index.html into another page, in place of `<login-of-the-chat>`. */
export function loginOfTheChat(): Plugin {
  return {
    name: "login-of-the-chat",
    transformIndexHtml: {
      order: "pre",
      handler(html) {
        const chat = readFileSync(join(sources, "..", "index.html"), "utf8");
        const login = /<main class="login".*?<\/main>/s.exec(chat)?.[0];
        if (login === undefined) throw new Error("index.html has no login.");
        return html.replace("<login-of-the-chat></login-of-the-chat>", login);
      },
    },
  };
}

/** Returns the addresses of the scripts and styles that index.html names, and of what these scripts import. */
function startFiles(html: string, bundle: Rolldown.OutputBundle): string[] {
  const found = new Set([...html.matchAll(/"\/(assets\/[^"]+)"/g)].map(([, name = ""]) => name));
  // A set's iteration includes what it gets meanwhile.
  for (const name of found) {
    const file = bundle[name];
    if (file?.type === "chunk") for (const imported of file.imports) found.add(imported);
  }
  return [...found].map((name) => `/${name}`);
}

/** Comments and indentation are for the sources. */
const withoutComments = (script: string) => script.replaceAll(/^ *(\/\/.*)?\n|^ +/gm, "");

const hashOf = (text: string) => createHash("sha256").update(text).digest("base64url").slice(0, 8);
