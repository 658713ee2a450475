/** Names of languages as models write them, by the ending of their files. */
const languagesByEnding = {
  sh: "bash sh shell zsh",
  c: "c",
  cpp: "cpp c++",
  cs: "csharp cs c#",
  css: "css",
  csv: "csv",
  dart: "dart",
  diff: "diff patch",
  go: "go golang",
  gql: "graphql gql",
  tf: "hcl terraform tf",
  html: "html",
  ini: "ini",
  java: "java",
  js: "javascript js mjs",
  json: "json",
  jsx: "jsx",
  kt: "kotlin kt",
  lua: "lua",
  md: "markdown md",
  mmd: "mermaid",
  php: "php",
  pl: "perl pl",
  proto: "protobuf proto",
  ps1: "powershell ps1",
  py: "python py python3",
  r: "r",
  rb: "ruby rb",
  rs: "rust rs",
  scala: "scala",
  sql: "sql postgresql mysql",
  svg: "svg",
  swift: "swift",
  tex: "latex tex",
  toml: "toml",
  ts: "typescript ts",
  tsx: "tsx",
  xml: "xml",
  yaml: "yaml yml",
};

const endings = new Map(
  Object.entries(languagesByEnding).flatMap(([ending, languages]) =>
    languages.split(" ").map((language) => [language, ending]),
  ),
);

/** Returns a name for the file that holds this code: the one that the answer names, or one that fits the language. */
export function codeFileName({
  code,
  language,
  about,
}: {
  code: string;
  language: string;
  /** What follows the language after the fence. */
  about: string;
}): string {
  const named = [language, ...about.split(/[\s"'={}]+/), nameInComment(code)].find(isFileName);
  if (named !== undefined) return named.replace(/^.*[/\\]/, "");
  if (/^(dockerfile|makefile)$/i.test(language)) {
    return language.charAt(0).toUpperCase() + language.slice(1).toLowerCase();
  }
  return `code.${endings.get(language.toLowerCase()) ?? "txt"}`;
}

/** Returns the only word of a comment in the first line, such as "src/app.ts" of "// src/app.ts". */
function nameInComment(code: string): string {
  return (
    /^(?:#|\/\/|--|\/\*|<!--)[ \t]*(\S{1,200})[ \t]*(?:\*\/|-->)?(?:\r?\n|$)/.exec(code)?.[1] ?? ""
  );
}

/** A relative path whose last part has an ending with a letter. Rejects addresses, versions and invisible characters. */
const isFileName = (text: string): boolean =>
  text.length <= 200 && /^(?:[\w-][\w.-]*[/\\])*[\w-][\w.-]*\.(?=\w*[a-z])\w{1,10}$/i.test(text);
