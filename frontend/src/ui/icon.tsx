/** The lines of the icons that the first script shows. `late-icon.tsx` has the others. */
export const iconPaths = {
  add: "M8 3v10M3 8h10",
  edit: "M10.5 2.5l3 3-8 8-3.5.5.5-3.5z",
  list: "M2.5 3h11v10h-11zM6.5 3v10",
  more: "M2.5 8a.5.5 0 1 1 1 0 .5.5 0 1 1-1 0zM7.5 8a.5.5 0 1 1 1 0 .5.5 0 1 1-1 0zM12.5 8a.5.5 0 1 1 1 0 .5.5 0 1 1-1 0z",
  send: "M8 13V3M4 7l4-4 4 4",
  stop: "M4.5 4.5h7v7h-7z",
};

export function Icon({ name }: { name: keyof typeof iconPaths }) {
  return <Drawing path={iconPaths[name]} />;
}

/**
 * A line drawing in the colour of its text, hidden from screen readers: the button around it needs a label. `path`: lines on a
 * square of 16 units, with round ends.
 */
export function Drawing({ path }: { path: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="1em"
      height="1em"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.3"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}
