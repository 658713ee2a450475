// Runs before the first paint, as a classic script: the browser waits for it, so it is small and imports nothing.
// `first-paint.test.ts` compares it with theme.ts, language.ts and session-hint.ts, whose stored texts it reads.
(() => {
  const root = document.documentElement;
  const stored = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      // The browser blocks storage.
      return null;
    }
  };
  const theme = stored("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  // The texts in index.html are English. In another language they stay hidden until the modules have set them.
  const wanted = [stored("language") ?? "", ...(navigator.languages ?? [])].map(
    (tag) => /^[a-z]*/i.exec(tag)?.[0].toLowerCase() ?? "",
  );
  root.lang = wanted.find((language) => language === "en" || language === "de") ?? "en";

  // The other addresses have pages of their own.
  const isChat = /^\/(c\/|$)/.test(location.pathname);
  if (isChat) root.dataset.first = stored("signed-in") === null ? "login" : "chat";
})();
