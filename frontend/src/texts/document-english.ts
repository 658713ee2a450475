const number = new Intl.NumberFormat("en");
const format = (value: number) => number.format(value);
const count = (value: number, one: string, many: string) =>
  `${format(value)} ${value === 1 ? one : many}`;

/** The texts of documents: their list, their view and the composer's files. Load with the first of them, in every language. */
export const documentEnglish = {
  /** A deployment without documents. */
  notTaken: "This service doesn’t take files. Paste the text instead.",
  /** "25 MB". `value` is rounded already. */
  units: {
    bytes: (value: string) => `${value} B`,
    kilobytes: (value: string) => `${value} KB`,
    megabytes: (value: string) => `${value} MB`,
  },

  list: {
    documents: "Documents",
    search: "Search documents",
    loading: "Loading…",
    empty: "No documents yet. Add files, and the assistant can answer from them and quote them.",
    noResults: (query: string) => `No results for “${query}”`,
    loadMore: "Load more",
    deleted: (name: string) => `Deleted “${name}”`,
  },

  add: {
    add: "Add files",
    drop: "or drop or paste them here",
    /** What may be added, before the upload. */
    limits: (formats: string, size: string) => `${formats} · up to ${size} per file`,
    quota: (used: string, all: string, documents: number, most: number) =>
      `${used} of ${all}, ${format(documents)} of ${count(most, "document", "documents")}`,
    who: "Who can use new files",
    scopes: { own: "Only me", site: "Everyone here", conversation: "Only this chat" },
    quotas: { own: "Your documents", site: "Shared documents" },
  },

  row: {
    open: (name: string) => `Open ${name}`,
    mine: "Mine",
    site: "Shared",
    siteByMe: "Shared by me",
    conversation: "One chat only",
    states: {
      uploading: "Uploading…",
      reading: "Reading…",
      ready: "Ready",
      failed: "Failed",
      /** The upload was not completed by any tab. */
      unfinished: "Upload did not finish",
    },
    pages: {
      page: (value: number) => count(value, "page", "pages"),
      slide: (value: number) => count(value, "slide", "slides"),
      sheet: (value: number) => count(value, "sheet", "sheets"),
    },
    version: (version: number) => `Version ${format(version)}`,
    /** The newest version is not ready, or never will be. */
    olderInUse: "Answers use the version before it.",
    rename: "Rename",
    renameDocument: (name: string) => `Rename ${name}`,
    name: "File name",
    replace: "Replace",
    replaceDocument: (name: string) => `Replace ${name} by a newer version`,
    delete: "Delete",
    deleteDocument: (name: string) => `Delete ${name}`,
    share: "Share",
    shareDocument: (name: string) => `Share ${name} with everyone here`,
    unshare: "Stop sharing",
    unshareDocument: (name: string) => `Stop sharing ${name}`,
    retry: "Try again",
    retryDocument: (name: string) => `Try again to read ${name}`,
  },

  upload: {
    uploads: "Uploads",
    states: {
      waiting: "Waiting",
      checking: "Preparing…",
      sending: (percent: number) => `${percent}%`,
      reading: "Reading…",
      ready: "Ready",
      failed: "Failed",
    },
    /** For a screen reader: the progress of one file. */
    progress: (name: string) => `Upload of ${name}`,
    cancel: "Cancel",
    cancelUpload: (name: string) => `Cancel the upload of ${name}`,
    retry: "Try again",
    retryUpload: (name: string) => `Try again with ${name}`,
    choose: "Choose the file again",
    dismiss: "Dismiss",
    dismissUpload: (name: string) => `Dismiss ${name}`,
    newVersion: (name: string) => `New version of ${name}`,
  },

  attachments: {
    attached: "Attached files",
    remove: (name: string) => `Remove ${name}`,
    /** The last line of a message that has files. */
    line: (names: string) => `Attached: ${names}`,
    held: "Your message is sent when the files are ready.",
    heldByFailure: "A file can’t be used. Remove it, try again, or send without it.",
    sendWithout: "Send anyway",
    dontSend: "Don’t send yet",
  },

  view: {
    loading: "Loading document…",
    gone: "This document was deleted, or you can’t see it.",
    notReady: {
      uploading: "The file has not been uploaded yet.",
      reading: "The file is being read. This takes a moment.",
      failed: "The file could not be read.",
    },
    form: "Show",
    forms: { text: "Text", original: "Original" },
    download: "Download",
    version: "Version",
    versionOf: (version: number, date: string) => `${format(version)} (${date})`,
    olderVersion: "This is an older version. Answers use the newest one.",
    outsideText: "The quoted place is not in this version’s text.",
    earlier: "Load earlier pages",
    later: "Load more pages",
    notes: "Notes on this file",
    emptyPart: "No text",
    pageOf: (page: number, pages: number) => `Page ${format(page)} of ${format(pages)}`,
    originalFailed: "The original can’t be shown here. Read its text, or download it.",
    originalPassword: "This PDF needs a password. Download it to open it.",
  },

  /** By the `type` of a problem. Only texts that differ from the chat's. */
  problems: {
    not_found: "This document was deleted, or you can’t see it.",
    payload_too_large: "The file is too large.",
    unsupported_media_type: "Files of this type can’t be read.",
    storage_full: "There is no room for this file. Delete documents to make room.",
    budget_exhausted: "The budget for reading files is used up. Try again tomorrow.",
    file_empty: "The file is empty.",
    file_too_large: "The file is too large.",
    file_format: "Files of this type can’t be read.",
    file_unreadable:
      "Your browser can’t read this file. It may have been moved, or it is a folder.",
    document_quota: "There is no room for this file. Delete documents to make room.",
    insecure_page: "Files can only be uploaded over a secure connection (https).",
    storage_unreachable: "The upload was interrupted. Check your connection.",
    storage_refused: "The storage refused the file. It may have changed during the upload.",
    upload_interrupted: "Upload did not finish.",
  },
};

export type DocumentTexts = typeof documentEnglish;
