/** A turn of an imported conversation: a message, and the answer to it. */
export interface ImportedTurn {
  message: string;
  /** The answer. Empty if there was none. */
  text: string;
  /** RFC 3339, if the file has it. */
  created_at?: string;
  /** The index of the turn that it follows. Missing: it begins the conversation, or a branch of its start. */
  parent?: number;
}

export interface ImportedConversation {
  title: string;
  /** A turn comes after the turn that it follows. The branch that was shown comes last. */
  turns: ImportedTurn[];
}

/** The file is none that the page can read. */
export class UnknownFile extends Error {}
