import { latePart } from "#frontend/ui/late-part.tsx";
import { Message } from "./message.tsx";

// Most conversations have one version of each message, so the chat loads these parts only for those that need them.
const loadEditor = () => import("./message-editor.tsx");
const loadMarks = () => import("./version-marks.tsx");

export const LateMessageEditor = latePart(
  "the editor of a message",
  async () => (await loadEditor()).MessageEditor,
  ({ turn }) => turn.message !== null && <Message text={turn.message} />,
);
export const LateStopToEdit = latePart(
  "the question before editing",
  async () => (await loadEditor()).StopToEdit,
);
export const LateVersionMarks = latePart(
  "the versions of a message",
  async () => (await loadMarks()).VersionMarks,
);
export const LateElsewhereLine = latePart(
  "the line about another version",
  async () => (await loadMarks()).ElsewhereLine,
);
