import type { OutgoingMessage } from "../chat/conversation/conversation-state.ts";
import { createListeners } from "../ui/listeners.ts";

/** What the composer knows of the files that the person has attached. */
export interface AttachedFiles {
  /** The line that tells everyone who reads the message which files it came with; "" without a ready file. */
  line: string;
  /** Documents that the message's conversation gets once it has an id. */
  unbound: string[];
  /** Whether some file cannot be used yet. */
  isPending: boolean;
  /** Takes the ready files off the composer, because the message is sent. */
  clear: () => void;
  /** Lets the message wait until every file is ready. */
  hold: () => void;
}

/** Files that the person has chosen and that the composer has not taken yet. Each choice makes a new object. */
export interface ChosenFiles {
  files: File[];
  /** The person has sent the message meanwhile. */
  isHeld: boolean;
}

const nothing: AttachedFiles = {
  line: "",
  unbound: [],
  isPending: false,
  clear: () => {},
  hold: () => {},
};

let attached = nothing;
let chosen: ChosenFiles | null = null;
const [subscribe, notify] = createListeners();

/** The files of the one composer on the page. */
export const composerFiles = {
  subscribe,
  /** Returns the files that wait; null before the first choice and after they are taken. */
  readChosen: () => chosen,
  /** Adds files to those that wait, as the script that takes them may still be on its way. */
  choose(files: File[]): void {
    chosen = { files: [...(chosen?.files ?? []), ...files], isHeld: chosen?.isHeld ?? false };
    notify();
  },
  /** Returns the chosen files once; null if none wait. */
  takeChosen(): ChosenFiles | null {
    const taken = chosen;
    chosen = null;
    return taken;
  },
  /** Lets no message wait any more. */
  release(): void {
    if (chosen !== null) chosen.isHeld = false;
  },
  setAttached(next: AttachedFiles | null): void {
    attached = next ?? nothing;
  },
  /** Returns the message with the line that names its files, or undefined if it waits for them. */
  addTo(take: () => OutgoingMessage | undefined, isPatient: boolean): OutgoingMessage | undefined {
    if (isPatient && chosen !== null) {
      chosen.isHeld = true;
      return undefined;
    }
    if (isPatient && attached.isPending) {
      attached.hold();
      return undefined;
    }
    const message = take();
    const { line, unbound, clear } = attached;
    if (message === undefined || line === "") return message;
    clear();
    const documents = [...(message.documents ?? []), ...unbound];
    return { ...message, text: `${message.text}\n\n${line}`, documents };
  },
};
