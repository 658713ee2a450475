import { Cards } from "#frontend/chat/welcome/cards.tsx";
import { demoCards } from "#frontend/texts/demo-english.ts";
import { useDemoTexts } from "#frontend/texts/use-demo-texts.ts";

type Card = (typeof demoCards)[number];

/** Drawn on a square of 20 units. */
const icons: Record<Card, string> = {
  format: "M3 5h14M3 10h9M3 15h12",
  tools: "M10 6v4l3 2M10 3a7 7 0 1 1 0 14a7 7 0 1 1 0-14",
  think: "M7.5 13.5a5 5 0 1 1 5 0v1.5h-5zM8 17.5h4",
  chart: "M3 17h14M5.5 14V9.5M10 14V4.5M14.5 14V7.5",
  quote: "M4 14c2.5-.5 3-2 3-4H4V6h4.5v4M11.5 14c2.5-.5 3-2 3-4h-3V6H16v4",
  approve: "M10 2.5l6 2.5v4.5c0 4-2.5 6.5-6 8c-3.5-1.5-6-4-6-8V5zM7.5 10l2 2l3.5-4",
  retry: "M15.5 6A6.5 6.5 0 1 0 16.5 11M16 2.5V6.5H12",
  crash: "M11 2.5L4.5 11.5H9.5L9 17.5L15.5 8.5H10.5z",
};

/** What the demo can show. A press sends the message. */
export function DemoCards({ onSend }: { onSend: (text: string) => void }) {
  const { cards, label } = useDemoTexts();
  const shown = demoCards.map((name) => ({ ...cards[name], icon: icons[name] }));
  return <Cards label={label} cards={shown} onSend={onSend} />;
}
