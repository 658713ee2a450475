/** The dialogs above the conversation. One is open at a time. */
export type DialogName =
  | "devices"
  | "documents"
  | "model"
  | "notes"
  | "palette"
  | "settings"
  | "share"
  | "shortcuts"
  | "sign-out"
  | "usage";
