import { type ReactNode, useId } from "react";

interface ListedItemProps {
  /** Null for an item without a box. */
  checked: boolean | null;
  /** Its first paragraph; null if it begins with something else. */
  opening: ReactNode;
  isLoose: boolean;
  children: ReactNode;
}

/** An item of a list, whose box, if it has one, is named by its first paragraph. */
export function ListedItem({ checked, opening, isLoose, children }: ListedItemProps) {
  const id = useId();
  const Opening = isLoose ? "p" : "span";
  if (checked === null) {
    return (
      <li>
        {isLoose && opening !== null ? <p>{opening}</p> : opening}
        {children}
      </li>
    );
  }
  const box = <input type="checkbox" checked={checked} disabled aria-labelledby={id} />;
  return (
    <li>
      <Opening>
        {box} <span id={id}>{opening}</span>
      </Opening>
      {children}
    </li>
  );
}
