import { createElement, lazy, type ReactNode, Suspense, useMemo } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import type { FormulaSource } from "./formula-source.ts";
import styles from "./markdown.module.css";
import type { MathElement } from "./typeset.ts";

interface FormulaProps {
  formula: FormulaSource;
}

// UTF-16 units. A longer formula may be wider than a phone, so that it scrolls.
const longLength = 40;

/** A typeset formula. Shows its source while the typesetter loads, and if the typesetter rejects the formula. */
export function Formula({ formula }: FormulaProps) {
  if (formula.tex === null) return <Source formula={formula} />;
  return (
    <Suspense fallback={<Source formula={formula} />}>
      <Typeset formula={formula} />
    </Suspense>
  );
}

function Source({ formula: { text, isDisplay } }: FormulaProps) {
  return (
    <code className={isDisplay ? styles.displaySource : undefined} dir="ltr">
      {text}
    </code>
  );
}

const Typeset = lazy(() =>
  import("./typeset.ts").then(
    ({ typeset }) => ({
      default: function Typeset({ formula }: FormulaProps) {
        const { tex, isDisplay } = formula;
        const { formula: label } = useTexts().markdown;
        // The block around the formula renders again with every token.
        const math = useMemo(
          () => (tex === null ? null : typeset(tex, isDisplay)),
          [tex, isDisplay],
        );
        if (math === null) return <Source formula={formula} />;
        if (!isDisplay && formula.text.length < longLength) {
          return <span dir="ltr">{renderMath(math)}</span>;
        }
        return (
          // biome-ignore lint/a11y/useSemanticElements: paragraphs hold formulas, but no fieldset
          <span
            className={isDisplay ? styles.display : styles.long}
            dir="ltr"
            role="group"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll a wide formula
            tabIndex={0}
            aria-label={label}
          >
            {renderMath(math)}
          </span>
        );
      },
    }),
    // The import fails offline, and after a deployment of a newer version. The source stays readable.
    () => ({ default: Source }),
  ),
);

/** Renders MathML as React elements, not as HTML text: the page's policy allows styles only through React. */
export function renderMath({ name, props, children }: MathElement): ReactNode {
  const rendered = children.map((child) => (typeof child === "string" ? child : renderMath(child)));
  return createElement(name, props, ...rendered);
}
