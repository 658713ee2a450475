import { memo, type ReactNode, useDeferredValue } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { CodeBlock } from "./code-block.tsx";
import { allowedUrl, hiddenHost } from "./link-policy.ts";
import styles from "./markdown.module.css";
import { splitBlocks } from "./markdown-blocks.ts";

/** An answer's Markdown. HTML in it stays text, images become links, links lead where `allowedUrl` says. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  // Typing in the composer comes before drawing the newest token.
  const shown = useDeferredValue(text);
  return (
    <div className={styles.markdown} dir="auto">
      {splitBlocks(shown).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
        <Block key={index} text={block} />
      ))}
    </div>
  );
});

const Block = memo(function Block({ text }: { text: string }) {
  return (
    <ReactMarkdown
      remarkPlugins={plugins}
      components={components}
      // Links and images decide for themselves, below.
      urlTransform={(url) => url}
    >
      {text}
    </ReactMarkdown>
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
  pre: ({ node }) => {
    const element = node?.children[0];
    if (element?.type !== "element") return null;
    const names = element.properties.className;
    const name = Array.isArray(names) ? String(names[0]).replace(/^language-/, "") : "";
    return <CodeBlock code={textOf(element.children)} language={name} />;
  },
};

/** Code holds nothing but text. */
function textOf(nodes: { type: string; value?: string }[]): string {
  return nodes
    .map(({ value = "" }) => value)
    .join("")
    .replace(/\n$/, "");
}

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
