export interface Participant {
  id: string;
  lines: string[];
  isPerson: boolean;
}

export type ArrowHead = "none" | "arrow" | "cross" | "open";

/** What happens in a sequence diagram, from top to bottom. Participants are named by their ids. */
export type SequenceStep =
  | {
      kind: "message";
      from: string;
      to: string;
      lines: string[];
      isDotted: boolean;
      start: ArrowHead;
      end: ArrowHead;
    }
  | { kind: "note"; side: "left" | "right" | "over"; of: string[]; lines: string[] }
  | { kind: "activate" | "deactivate"; participant: string }
  | { kind: "begin"; block: string; lines: string[] }
  /** The next part of the block that is open: `else`, `and` or `option`. */
  | { kind: "part"; lines: string[] }
  | { kind: "finish" };

export interface SequenceDiagram {
  kind: "sequence";
  title: string | undefined;
  isNumbered: boolean;
  participants: Participant[];
  steps: SequenceStep[];
}
