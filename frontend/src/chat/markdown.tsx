import { memo, type ReactNode, useDeferredValue } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { useTexts } from "../texts/use-texts.tsx";
import { CodeBlock } from "./code-block.tsx";
import { Formula } from "./formula.tsx";
import { hideFormulas, readFormula, restoreFormulas } from "./formula-source.ts";
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
      {hideFormulas(text)}
    </ReactMarkdown>
  );
});

const plugins = [remarkGfm];

const components: Components = {
  code: ({ children }) => {
    const formula = typeof children === "string" ? readFormula(children) : null;
    return formula === null ? <code>{children}</code> : <Formula formula={formula} />;
  },
  a: ({ href, children }) => <AnswerLink address={href}>{children}</AnswerLink>,
  // Loading it would tell its host that, and what, somebody was answered here.
  img: ({ src, alt }) => (
    <AnswerLink address={typeof src === "string" ? src : undefined}>
      {restoreFormulas(alt ?? "") || <Image />}
    </AnswerLink>
  ),
  table: ({ children }) => <Table>{children}</Table>,
  pre: ({ node }) => {
    const element = node?.children[0];
    if (element?.type !== "element") return null;
    const names = element.properties.className;
    const name = Array.isArray(names) ? String(names[0]).replace(/^language-/, "") : "";
    return <CodeBlock code={textOf(element.children)} language={name} />;
  },
};

/** What an image without words is called. */
function Image() {
  return useTexts().markdown.image;
}

function Table({ children }: { children: ReactNode }) {
  const { table } = useTexts().markdown;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what may be wider than the page scrolls by itself, with the keyboard too
    <section className={styles.wide} tabIndex={0} aria-label={table}>
      <table>{children}</table>
    </section>
  );
}

/** Code holds nothing but text. */
function textOf(nodes: { type: string; value?: string }[]): string {
  const text = nodes.map(({ value = "" }) => value).join("");
  return restoreFormulas(text).replace(/\n$/, "");
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
