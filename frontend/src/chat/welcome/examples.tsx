import { useWelcomeTexts } from "#frontend/texts/use-welcome-texts.ts";
import { Cards } from "./cards.tsx";

const icons = {
  work: "M5 2.5h10v15H5zM8 6h4M8 10h0M12 10h0M8 14h0M12 14h0",
  explain: "M7.5 13.5a5 5 0 1 1 5 0v1.5h-5zM8 17.5h4",
  write: "M3 5h14M3 10h9M3 15h12",
  documents: "M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5M8 10.5h5M8 14h5",
  compare: "M3 4h14v12H3zM10 4v12M3 8h14",
} as const;

/** Four examples of what a real model can do. */
export function Examples({
  hasDocuments,
  onSend,
}: {
  hasDocuments: boolean;
  onSend: (text: string) => void;
}) {
  const { label, cards } = useWelcomeTexts();
  const names = ["work", "explain", "write", hasDocuments ? "documents" : "compare"] as const;
  const shown = names.map((name) => ({
    ...cards[name],
    shows: cards[name].message,
    icon: icons[name],
  }));
  return <Cards label={label} cards={shown} onSend={onSend} />;
}
