import type { Document, DocumentScope } from "#lib/contract/document.ts";
import type { ApiProblem } from "../api/api-problem.ts";

/** Where a file goes. */
export interface UploadTarget {
  scope: DocumentScope;
  /** Null for a document of every conversation, and for one of a conversation that has no id yet. */
  conversationId: string | null;
  /** The composer shows the file, and the next message names it. */
  isAttached: boolean;
  /** The document that gets the file as its newer version. */
  replaces: Document | null;
}

/** A file on its way from the browser to a document that can be searched. */
export interface Upload {
  key: string;
  name: string;
  bytes: number;
  target: UploadTarget;
  /** `checking`: the browser computes the file's hash. `reading`: the service has the file, and reads it. */
  state: "waiting" | "checking" | "sending" | "reading" | "ready" | "failed";
  sentBytes: number;
  /** Null until the service knows the file. */
  documentId: string | null;
  /** Null until the service has sent it, and after a reload. */
  document: Document | null;
  /** Whether this upload has made the document: the same bytes may have been there before. */
  isNew: boolean;
  /** Why the upload failed; null if the service could not read the file: `document.problem` says why. */
  problem: ApiProblem | null;
  /** Null after a reload: only the person can choose the file again. */
  file: File | null;
}
