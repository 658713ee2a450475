// One script, because the page shows both at once.
export { DemoBanner } from "./demo-banner.tsx";
export { DemoCards } from "./demo-cards.tsx";
