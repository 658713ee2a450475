import button from "./button.module.css";

/** Unfolds the element with the id `controls`, or folds it again. */
export function FoldButton({
  controls,
  isFolded,
  onFold,
  labels: [unfold, fold],
  className,
}: {
  controls: string;
  isFolded: boolean;
  onFold: (isFolded: boolean) => void;
  labels: [unfold: string, fold: string];
  className: string | undefined;
}) {
  return (
    <button
      className={`${button.plain} ${className}`}
      type="button"
      aria-expanded={!isFolded}
      aria-controls={controls}
      onClick={() => onFold(!isFolded)}
    >
      {isFolded ? unfold : fold}
    </button>
  );
}
