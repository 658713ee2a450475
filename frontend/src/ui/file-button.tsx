import { type ReactNode, useRef } from "react";

/** A button that lets the person choose files. */
export function FileButton({
  className,
  label,
  accept,
  isMultiple = false,
  onFiles,
  children,
}: {
  className: string | undefined;
  /** What a screen reader says, if `children` do not say it. */
  label?: string;
  accept?: string;
  isMultiple?: boolean;
  onFiles: (files: File[]) => void;
  children: ReactNode;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        className={className}
        type="button"
        aria-label={label}
        title={label}
        onClick={() => input.current?.click()}
      >
        {children}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        multiple={isMultiple}
        onChange={({ target }) => {
          const files = [...(target.files ?? [])];
          // The same file chosen again is a change again.
          target.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}
