import { describe, expect, it } from "vitest";
import { codeFileName } from "./code-file-name.ts";

const nameOf = (language: string, about = "", code = "") => codeFileName({ language, about, code });

describe("the name of a file with code", () => {
  it.each([
    ["python", "code.py"],
    ["TypeScript", "code.ts"],
    ["c++", "code.cpp"],
    ["yml", "code.yaml"],
    ["mermaid", "code.mmd"],
    ["dockerfile", "Dockerfile"],
    ["", "code.txt"],
    ["text", "code.txt"],
    ["exe", "code.txt"],
    ["constructor", "code.txt"],
  ])("fits the language %j", (language, name) => {
    expect(nameOf(language)).toBe(name);
  });

  it.each([
    ["js", 'title="src/app.js"', "", "app.js"],
    ["js", "src/app.mjs ", "", "app.mjs"],
    ["", "{filename=docker-compose.yml}", "", "docker-compose.yml"],
    ["app.py", "", "", "app.py"],
    ["python", "", "# tools/add.py\nprint(1)", "add.py"],
    ["ts", "", "// main.ts\r\nexport {};", "main.ts"],
    ["html", "", "<!-- index.html -->\n<p>", "index.html"],
    ["css", "", "/* base.css */", "base.css"],
  ])("comes from the answer: %j %j %j", (language, about, code, name) => {
    expect(nameOf(language, about, code)).toBe(name);
  });

  it.each([
    ["python", "", "# version 1.2\n", "code.py"],
    ["python", "", "# 3.12\n", "code.py"],
    ["js", "", "// https://example.com/app.js\n", "code.js"],
    ["js", "../../etc/passwd.js", "", "code.js"],
    ["js", ".bashrc", "", "code.js"],
    ["js", "a\u202egpj.js", "", "code.js"],
    ["js", `${"a".repeat(300)}.js`, "", "code.js"],
  ])("does not come from %j %j %j", (language, about, code, name) => {
    expect(nameOf(language, about, code)).toBe(name);
  });
});
