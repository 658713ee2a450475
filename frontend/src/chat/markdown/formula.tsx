import { lazy, Suspense, useMemo } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { drawMath } from "./draw-math.ts";
import type { FormulaSource } from "./formula-source.ts";
import styles from "./markdown.module.css";

interface FormulaProps {
  formula: FormulaSource;
}

// Signs; about as much of a fraction as a phone has room for.
const longLength = 40;

/** A formula as mathematicians write it; as it was written until the typesetter is here, and where it is broken. */
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
        // The block around it is drawn anew with every token.
        const math = useMemo(
          () => (tex === null ? null : typeset(tex, isDisplay)),
          [tex, isDisplay],
        );
        if (math === null) return <Source formula={formula} />;
        if (!isDisplay && formula.text.length < longLength) {
          return <span dir="ltr">{drawMath(math)}</span>;
        }
        return (
          // biome-ignore lint/a11y/useSemanticElements: paragraphs hold formulas, but no fieldset
          <span
            className={isDisplay ? styles.display : styles.long}
            dir="ltr"
            role="group"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what may be wider than the page scrolls by itself, with the keyboard too
            tabIndex={0}
            aria-label={label}
          >
            {drawMath(math)}
          </span>
        );
      },
    }),
    // Offline, or a newer version has been deployed: TeX can be read too.
    () => ({ default: Source }),
  ),
);
