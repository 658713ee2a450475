import { Drawing, iconPaths } from "./icon.tsx";

/** Remove an icon that nothing shows. */
const paths = {
  ...iconPaths,
  archive: "M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 8.5h3",
  chevronDown: "M4 6l4 4 4-4",
  chevronLeft: "M10 4L6 8l4 4",
  chevronRight: "M6 4l4 4-4 4",
  chevronUp: "M4 10l4-4 4 4",
  delete: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9",
  download: "M8 2.5v7M5 6.5l3 3 3-3M2.5 10.5v3h11v-3",
  microphone: "M6 4a2 2 0 0 1 4 0v4a2 2 0 0 1-4 0zM3.5 8a4.5 4.5 0 0 0 9 0M8 12.5v1.5",
  pin: "M5.5 2.5h5M6.5 2.5V7l-2 2.5h7L9.5 7V2.5M8 9.5v4",
  quote: "M3 12c2-.5 3-2 3-4H3V4h4v4M9 12c2-.5 3-2 3-4H9V4h4v4",
  share: "M8 10V2.5M5 5.5l3-3 3 3M4.5 7.5h-1v6h9v-6h-1",
  sort: "M5 13V3M2.5 5.5L5 3l2.5 2.5M11 3v10M8.5 10.5L11 13l2.5-2.5",
  speaker: "M2.5 6H5l3-3v10l-3-3H2.5zM10.5 5.5a3.5 3.5 0 0 1 0 5",
  thumbsDown: "M5 8.5l3 5c1 0 1.7-.8 1.5-2L9 9.5h4l-1-7H5zM5 8.5H2.5v-6H5",
  thumbsUp: "M5 7.5l3-5c1 0 1.7.8 1.5 2L9 6.5h4l-1 7H5zM5 7.5H2.5v6H5",
  wrap: "M2.5 4h11M2.5 8h9a2 2 0 0 1 0 4H8M10 10l-2 2 2 2M2.5 12h3",
};

export type IconName = keyof typeof paths;

/** An icon of a part that loads later than the first script. */
export function LateIcon({ name }: { name: IconName }) {
  return <Drawing path={paths[name]} />;
}
