import type { List, ListItem, Nodes, Parents, Table } from "mdast";
import { Fragment, type ReactNode } from "react";
import { CodeBlock } from "../answer/code-block.tsx";
import { FootnoteCall } from "./footnote-call.tsx";
import { Formula } from "./formula.tsx";
import { readFormula } from "./formula-source.ts";
import { AnswerLink, DefinedLink, Definition, ImageLink } from "./links.tsx";
import { ListedItem } from "./listed-item.tsx";
import styles from "./markdown.module.css";
import { WideTable, widthClassOf } from "./wide-table.tsx";

/** A part of an answer as the page shows it. What is not in this list cannot be drawn; the compiler asks for the rest. */
export function draw(node: Nodes): ReactNode {
  switch (node.type) {
    case "root":
      return renderChildren(node);
    case "paragraph":
      return <p>{renderChildren(node)}</p>;
    case "heading": {
      const Heading = `h${node.depth}` as const;
      return <Heading>{renderChildren(node)}</Heading>;
    }
    case "thematicBreak":
      return <hr />;
    case "blockquote":
      return <blockquote>{renderChildren(node)}</blockquote>;
    case "list":
      return drawList(node);
    case "listItem":
      return drawItem(node, true);
    case "code":
      return <CodeBlock code={node.value} language={node.lang?.split(/[\s,{]/)[0] ?? ""} />;
    case "table":
      return drawTable(node);
    case "tableRow":
    case "tableCell":
      // Drawn by their table.
      return renderChildren(node);
    case "html":
      return drawHtml(node.value);
    case "yaml":
      return node.value;
    case "formulaBlock":
      return drawFormulaBlock(node.value);
    case "definition":
      return <Definition definition={node} />;
    case "footnoteDefinition":
      // Drawn after the answer.
      return null;
    case "text":
      return drawLines(node.value);
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
      return <Formula formula={readFormula(node.value).formula} />;
    case "link":
      return (
        <AnswerLink address={node.url} text={plainText(node)}>
          {renderChildren(node)}
        </AnswerLink>
      );
    case "linkReference":
      return (
        <DefinedLink identifier={node.identifier} text={plainText(node)}>
          {renderChildren(node)}
        </DefinedLink>
      );
    case "image":
      return <ImageLink address={node.url} name={node.alt ?? ""} />;
    case "imageReference":
      return <ImageLink identifier={node.identifier} name={node.alt ?? ""} />;
    case "footnoteReference":
      return <FootnoteCall call={node} />;
  }
}

export function renderChildren({ children }: Parents): ReactNode[] {
  return children.map((child, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
    <Fragment key={index}>{draw(child)}</Fragment>
  ));
}

/** The lines of a paragraph stay lines: models break them where a poem or an address does. */
function drawLines(text: string): ReactNode {
  if (!text.includes("\n")) return text;
  return text.split("\n").map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
    <Fragment key={index}>
      {index > 0 && <br />}
      {line}
    </Fragment>
  ));
}

/** HTML stays as it was written, but for the one element that models write into cells: a line's end. */
function drawHtml(html: string): ReactNode {
  return /^<br\s*\/?>$/i.test(html) ? <br /> : <span className={styles.html}>{html}</span>;
}

function drawFormulaBlock(text: string): ReactNode {
  const { formula, rest } = readFormula(text);
  return (
    <div>
      <Formula formula={formula} />
      {rest}
    </div>
  );
}

function drawList(list: List): ReactNode {
  const isLoose = list.children.some(({ spread }) => spread) || list.spread === true;
  const items = list.children.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
    <Fragment key={index}>{drawItem(item, isLoose)}</Fragment>
  ));
  return list.ordered === true ? <ol start={list.start ?? 1}>{items}</ol> : <ul>{items}</ul>;
}

/** The paragraphs of an item stand apart only if empty lines are somewhere in its list. */
function drawItem(item: ListItem, isLoose: boolean): ReactNode {
  const [first, ...others] = item.children;
  const opening = first?.type === "paragraph" ? renderChildren(first) : null;
  return (
    <ListedItem checked={item.checked ?? null} opening={opening} isLoose={isLoose}>
      {(opening === null ? item.children : others).map((child, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
        <Fragment key={index}>
          {!isLoose && child.type === "paragraph" ? renderChildren(child) : draw(child)}
        </Fragment>
      ))}
    </ListedItem>
  );
}

function drawTable({ align, children: [head, ...rows] }: Table): ReactNode {
  const width = align?.length ?? 0;
  const cells = (row: typeof head, Cell: "th" | "td") => {
    // Cells beyond the head's width would be lost in GitHub's Markdown; rows that lack some are filled.
    const count = Math.max(width, row?.children.length ?? 0);
    return Array.from({ length: count }, (_, index) => {
      const cell = row?.children[index];
      const side = align?.[index];
      const style = side ? { textAlign: side } : undefined;
      return (
        // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
        <Cell key={index} className={widthClassOf(cell)} style={style}>
          {cell && renderChildren(cell)}
        </Cell>
      );
    });
  };
  return (
    <WideTable>
      <thead>
        <tr>{cells(head, "th")}</tr>
      </thead>
      {rows.length > 0 && (
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
            <tr key={index}>{cells(row, "td")}</tr>
          ))}
        </tbody>
      )}
    </WideTable>
  );
}

/** What a link's text says, null if it is drawn from anything but letters. */
function plainText(node: Parents): string | null {
  const texts = node.children.map((child) => {
    if (child.type === "text" || child.type === "inlineCode") return child.value;
    return "children" in child ? plainText(child) : null;
  });
  return texts.includes(null) ? null : texts.join("");
}
