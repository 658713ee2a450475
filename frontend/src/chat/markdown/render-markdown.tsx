import type { Code, List, ListItem, Nodes, Parents } from "mdast";
import { Fragment, type ReactNode } from "react";
import { LateDiagram } from "#frontend/diagrams/late-diagram.tsx";
import { CodeBlock } from "../answer/code-block.tsx";
import { AnswerTable } from "./answer-table.tsx";
import { mayCite } from "./citations.ts";
import { CitedText, DefinedCitation } from "./cited-text.tsx";
import { AnswerLink, Definition, ImageLink } from "./links.tsx";
import { ListedItem } from "./listed-item.tsx";
import styles from "./markdown.module.css";
import type {} from "./marked-words-node.ts";
import { readRareMarkdown } from "./rare-markdown-store.ts";
import { TextLines } from "./text-lines.tsx";

/** Renders a node of an answer's tree. The compiler requires a case for each type of node. */
export function render(node: Nodes): ReactNode {
  const rare = readRareMarkdown();
  switch (node.type) {
    case "root":
      return renderChildren(node);
    case "paragraph":
      return <p>{renderChildren(node)}</p>;
    case "heading": {
      // Below the heading of the answer, which is of the second level.
      const Heading = headings[node.depth - 1] ?? "h6";
      return <Heading data-depth={node.depth}>{renderChildren(node)}</Heading>;
    }
    case "thematicBreak":
      return <hr />;
    case "blockquote":
      return <blockquote>{renderChildren(node)}</blockquote>;
    case "list":
      return renderList(node);
    case "listItem":
      return renderItem(node, true);
    case "code":
      return renderCode(node);
    case "table":
      return <AnswerTable table={node} renderCell={renderChildren} />;
    case "tableRow":
    case "tableCell":
      // `AnswerTable` renders them.
      return renderChildren(node);
    case "html":
      return renderHtml(node.value);
    case "yaml":
      return node.value;
    case "formulaBlock":
      return rare && <rare.FormulaBlock text={node.value} />;
    case "definition":
      return <Definition definition={node} />;
    case "footnoteDefinition":
      // `Footnotes` renders them at the end of the answer.
      return null;
    case "text":
      return mayCite(node.value) ? (
        <CitedText text={node.value} />
      ) : (
        <TextLines text={node.value} />
      );
    case "emphasis":
      return <em>{renderChildren(node)}</em>;
    case "strong":
      return <strong>{renderChildren(node)}</strong>;
    case "delete":
      return <del>{renderChildren(node)}</del>;
    case "inlineCode":
      return <code>{node.value}</code>;
    case "break":
      return <br />;
    case "formula":
      return rare && <rare.InlineFormula text={node.value} />;
    case "link":
      return (
        <AnswerLink address={node.url} text={plainText(node)}>
          {renderChildren(node)}
        </AnswerLink>
      );
    case "linkReference":
      return (
        <DefinedCitation identifier={node.identifier} text={plainText(node)}>
          {renderChildren(node)}
        </DefinedCitation>
      );
    case "image":
      return <ImageLink address={node.url} name={node.alt ?? ""} />;
    case "imageReference":
      return <ImageLink identifier={node.identifier} name={node.alt ?? ""} />;
    case "markedWords":
      return node.draw(renderChildren(node));
    case "footnoteReference":
      return rare && <rare.FootnoteCall call={node} />;
  }
}

const headings = ["h3", "h4", "h5"] as const;

export function renderChildren({ children }: Parents): ReactNode[] {
  return children.map((child, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
    <Fragment key={index}>{render(child)}</Fragment>
  ));
}

/** Shows HTML as text, except `<br>`, which models write into table cells. */
function renderHtml(html: string): ReactNode {
  return /^<br\s*\/?>$/i.test(html) ? <br /> : <span className={styles.html}>{html}</span>;
}

function renderList(list: List): ReactNode {
  const isLoose = list.children.some(({ spread }) => spread) || list.spread === true;
  const items = list.children.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
    <Fragment key={index}>{renderItem(item, isLoose)}</Fragment>
  ));
  return list.ordered === true ? <ol start={list.start ?? 1}>{items}</ol> : <ul>{items}</ul>;
}

/** An item has paragraphs (with space between them) only if its list contains empty lines (CommonMark: a loose list). */
function renderItem(item: ListItem, isLoose: boolean): ReactNode {
  const [first, ...others] = item.children;
  const opening = first?.type === "paragraph" ? renderChildren(first) : null;
  return (
    <ListedItem checked={item.checked ?? null} opening={opening} isLoose={isLoose}>
      {(opening === null ? item.children : others).map((child, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
        <Fragment key={index}>
          {!isLoose && child.type === "paragraph" ? renderChildren(child) : render(child)}
        </Fragment>
      ))}
    </ListedItem>
  );
}

/** Returns the text of a link; null if the link contains more than text. */
function plainText(node: Parents): string | null {
  const texts = node.children.map((child) => {
    if (child.type === "text" || child.type === "inlineCode") return child.value;
    return "children" in child ? plainText(child) : null;
  });
  return texts.includes(null) ? null : texts.join("");
}

function renderCode({ value, lang, meta }: Code): ReactNode {
  const [language = "", ...others] = lang?.split(/[\s,{:]/) ?? [];
  const about = `${others.join(" ")} ${meta ?? ""}`;
  const code = <CodeBlock code={value} language={language} about={about} />;
  return language === "mermaid" ? <LateDiagram source={value}>{code}</LateDiagram> : code;
}
