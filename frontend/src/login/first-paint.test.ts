import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { languages, readLanguage } from "#frontend/texts/language.ts";
import { readTheme, themes } from "#frontend/ui/theme.ts";
import { sessionHint } from "./session-hint.ts";

const script = readFileSync(join(import.meta.dirname, "first-paint.js"), "utf8");

/** Runs the script in a browser with these stored texts. Returns what it has set on the root element. */
function paintFirst(localStorage: object, pathname = "/", preferred: string[] = []) {
  const documentElement = { lang: "", dataset: {} as Record<string, string> };
  const document = { documentElement };
  const navigator = { languages: preferred };
  runInNewContext(script, { document, localStorage, navigator, location: { pathname } });
  const { lang, dataset } = documentElement;
  return { lang, theme: dataset.theme, first: dataset.first };
}

const storage = (texts: Record<string, string>) => ({
  getItem: (name: string) => texts[name] ?? null,
  setItem: (name: string, text: string) => void Object.assign(texts, { [name]: text }),
  removeItem: (name: string) => void delete texts[name],
});

afterEach(() => vi.unstubAllGlobals());

describe("the script before the first paint", () => {
  it.each([...themes, "pink"])("reads the theme %s as the page does", (theme) => {
    const stored = storage({ theme });
    vi.stubGlobal("localStorage", stored);
    expect(paintFirst(stored).theme ?? "system").toBe(readTheme());
  });

  it.each([
    [{}, []],
    [{}, ["de-AT", "en"]],
    [{}, ["fr", "DE_de.UTF-8"]],
    [{}, ["den", "fr"]],
    [{ language: "en" }, ["de"]],
    [{ language: "xx" }, ["de"]],
  ])("reads the language of %j and %j as the page does", (texts, preferred) => {
    const stored = storage(texts);
    vi.stubGlobal("localStorage", stored);
    vi.stubGlobal("navigator", { languages: preferred });
    expect(paintFirst(stored, "/", preferred).lang).toBe(readLanguage());
    expect(Object.keys(languages)).toEqual(["en", "de"]);
  });

  it("shows the outline of the chat exactly where the page expects a session", () => {
    const stored = storage({});
    vi.stubGlobal("localStorage", stored);
    expect(paintFirst(stored).first).toBe("login");
    sessionHint.write(true);
    expect(paintFirst(stored).first).toBe("chat");
    expect(paintFirst(stored, "/c/0b9c7a1e-0000-4000-8000-000000000000").first).toBe("chat");
    expect(paintFirst(stored, "/approve/x").first).toBeUndefined();
  });

  it("works without storage", () => {
    const blocked = {
      getItem: () => {
        throw new DOMException("blocked", "SecurityError");
      },
    };
    expect(paintFirst(blocked)).toEqual({ lang: "en", first: "login" });
  });
});
