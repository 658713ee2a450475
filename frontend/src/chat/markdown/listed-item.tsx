import { type ReactNode, useId } from "react";

interface ListedItemProps {
  /** Null for an item without a check box. */
  checked: boolean | null;
  /** The first paragraph; null if the item starts with something else. */
  opening: ReactNode;
  isLoose: boolean;
  children: ReactNode;
}

/** An item of a list. The first paragraph labels its check box. */
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
