import { memo, type ReactNode, useDeferredValue } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { allowedUrl, hiddenHost } from "./link-policy.ts";
import styles from "./markdown.module.css";

/** An answer's Markdown. HTML in it stays text, images become links, links lead where `allowedUrl` says. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  // Typing in the composer comes before drawing the newest token.
  const shown = useDeferredValue(text);
  return (
    <div className={styles.markdown}>
      <ReactMarkdown
        remarkPlugins={plugins}
        components={components}
        // Links and images decide for themselves, below.
        urlTransform={(url) => url}
      >
        {shown}
      </ReactMarkdown>
    </div>
  );
});

const plugins = [remarkGfm];

const components: Components = {
  a: ({ href, children }) => <AnswerLink address={href}>{children}</AnswerLink>,
  // Loading it would tell its host that, and what, somebody was answered here.
  img: ({ src, alt }) => (
    <AnswerLink address={typeof src === "string" ? src : undefined}>{alt || "image"}</AnswerLink>
  ),
  // What may be wider than the page scrolls by itself, with the keyboard too.
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={styles.wide} tabIndex={0} aria-label="Table">
      <table>{children}</table>
    </section>
  ),
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={styles.wide} tabIndex={0} aria-label="Code">
      <pre>{children}</pre>
    </section>
  ),
};

function AnswerLink({ address, children }: { address: string | undefined; children: ReactNode }) {
  const url = allowedUrl(address);
  if (url === null) return <span>{children}</span>;
  const host = hiddenHost(url, plainText(children));
  return (
    <>
      <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
      {host !== null && <span className={styles.host}> ({host})</span>}
    </>
  );
}

/** Only what is text at the first level: a host in bold letters is told once more, which does no harm. */
function plainText(children: ReactNode): string {
  if (typeof children === "string") return children;
  if (!Array.isArray(children)) return "";
  return children.filter((child) => typeof child === "string").join("");
}
