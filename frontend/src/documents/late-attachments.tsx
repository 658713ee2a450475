import { useEffect, useState, useSyncExternalStore } from "react";
import { tabStorage } from "../chat/conversation/tab-storage.ts";
import { latePart } from "../ui/late-part.tsx";
import type { AttachmentsProps } from "./attachments.tsx";
import { composerFiles } from "./composer-files.ts";

const LoadedAttachments = latePart(
  "the attached files",
  async () => (await import("./attachments.tsx")).Attachments,
);

/** The files of the next message, once the person has chosen some, now or before a reload. */
export function LateAttachments(props: AttachmentsProps) {
  const chosen = useSyncExternalStore(composerFiles.subscribe, composerFiles.readChosen);
  const [hadSome, setHadSome] = useState(() => tabStorage.uploads.read().length > 0);
  const hasSome = hadSome || chosen !== null;
  if (hasSome !== hadSome) setHadSome(true);
  // The next conversation has a message of its own.
  useEffect(() => composerFiles.release, []);
  return hasSome && <LoadedAttachments {...props} />;
}
