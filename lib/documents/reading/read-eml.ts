import { isUtf8 } from "node:buffer";
import PostalMime, { type Address, type Attachment, type Email } from "postal-mime";
import { decoderNamed } from "#lib/platform/decode-text.ts";
import { decodeDocument } from "./decode-document.ts";
import { DocumentFault, moreThan, type ReadLimits } from "./document-file.ts";
import type { Block, Part, Reader } from "./read-document.ts";
import { readHtmlText } from "./read-html.ts";
import { paragraphsOf } from "./read-text.ts";

const maxForwardings = 5;
const maxNesting = 50;

/**
 * Reads a mail: its subject, people, date and text, and each mail inside it as a section of its own. Attachments are named,
 * and not read.
 */
export const readEml: Reader = async ({ bytes }, limits) => {
  const mails = await parseMails(bytes, limits, 0);
  const [mail] = mails;
  if (!mail || !isMail(mail)) {
    throw new DocumentFault("The file is no e-mail: it has no sender, no date and no subject.");
  }
  const parts = mails.map(
    (one, index): Part => ({
      number: index + 1,
      ...(index === 0 ? {} : { label: one.subject?.trim() || "Forwarded mail" }),
      kind: "section",
      blocks: blocksOf(one, limits),
    }),
  );
  return { ...(mail.subject ? { title: mail.subject } : {}), parts, notes: notesOf(mails) };
};

/** Returns the mail and the mails that are attached to it. */
async function parseMails(bytes: Uint8Array, limits: ReadLimits, depth: number): Promise<Email[]> {
  let mail: Email;
  try {
    mail = await PostalMime.parse(withoutTraps(bytes), {
      forceRfc822Attachments: true,
      maxNestingDepth: maxNesting,
    });
  } catch (cause) {
    throw new DocumentFault("The file is damaged or no e-mail.", { cause });
  }
  if (mail.attachments.length > limits.entries) throw moreThan(limits.entries, "attachments");
  const mails = [mail];
  if (depth === maxForwardings) return mails;
  for (const attachment of mail.attachments.filter(isForwarded)) {
    const { content } = attachment;
    if (typeof content === "string") continue;
    mails.push(...(await parseMails(new Uint8Array(content), limits, depth + 1)));
    if (mails.length > limits.pages) throw moreThan(limits.pages, "forwarded mails");
  }
  return mails;
}

/**
 * Returns the mail with what PostalMime 4.0.0 would read wrongly set right: the first line of a mailbox file; a text file shown
 * inline, which it would append to the mail's text; charsets that are missing, unknown or wrong.
 */
function withoutTraps(bytes: Uint8Array): Uint8Array {
  const isWellEncoded = isUtf8(bytes);
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("latin1")
    .replace(/^From \S+ .*\r?\n/, "")
    .replace(inlineTextFile, "$1attachment")
    .replace(/\bcharset\s*=\s*"?([\w.:-]+)"?/gi, (all, charset: string) =>
      isUsable(charset, isWellEncoded) ? all : "charset=utf-8",
    );
  const mail = Buffer.from(source, "latin1");
  const isStated = /\bcharset\s*=/i.test(source);
  return isWellEncoded || isStated ? mail : Buffer.from(decodeDocument(mail).text);
}

/** In the first 40 lines of a part's headers, which follow a boundary and end at an empty line. */
const inlineTextFile =
  /^(--[^\r\n]+\r?\n(?=(?:[^\r\n]+\r?\n){0,40}?content-type:\s*text\/)(?:[^\r\n]+\r?\n){0,40}?content-disposition:\s*)inline(?=\s*;\s*(?:\r?\n\s+)?filename)/gim;

/** Some programs call every text ASCII. */
const isUsable = (charset: string, isWellEncoded: boolean): boolean =>
  decoderNamed(charset) !== undefined && !(isWellEncoded && /^(?:us-)?ascii$/i.test(charset));

const isMail = ({ from, date, subject }: Email): boolean =>
  from !== undefined || date !== undefined || subject !== undefined;

const isForwarded = ({ mimeType }: Attachment): boolean => mimeType === "message/rfc822";

function blocksOf(mail: Email, limits: ReadLimits): Block[] {
  const { subject, from, to, cc, bcc, html, text } = mail;
  const sent = mail.headers.find(({ key }) => key === "date")?.value;
  const lines = [
    ...lineOf("From", from && [from]),
    ...lineOf("To", to),
    ...lineOf("Cc", cc),
    ...lineOf("Bcc", bcc),
    ...(sent ? [`Date: ${sent.trim()}`] : []),
  ];
  const files = mail.attachments.filter((one) => !isForwarded(one) && !isShownInText(one));
  const names = files.map(({ filename, mimeType }) => filename ?? mimeType);
  return [
    ...(subject ? [{ kind: "heading", level: 1, text: subject } as const] : []),
    { kind: "paragraph", text: lines.join("\n") },
    // Programs write a mail's HTML with more care than the plain text beside it.
    ...(html === undefined ? paragraphsOf(text ?? "") : readHtmlText(html, limits).blocks),
    ...(names.length === 0
      ? []
      : [{ kind: "paragraph", text: `Attachments: ${names.join(", ")}` } as const]),
  ];
}

/** An image within the mail's text. */
const isShownInText = ({ related, mimeType, disposition }: Attachment): boolean =>
  related === true && mimeType.startsWith("image/") && disposition !== "attachment";

function lineOf(label: string, addresses: readonly Address[] | undefined): string[] {
  const texts = (addresses ?? []).map(textOf).filter((text) => text !== "");
  return texts.length === 0 ? [] : [`${label}: ${texts.join(", ")}`];
}

function textOf(address: Address): string {
  if (address.group !== undefined) {
    return `${address.name}: ${address.group.map(textOf).join(", ")}`;
  }
  const { name, address: mailbox } = address;
  return name === "" || name === mailbox ? mailbox : `${name} <${mailbox}>`;
}

function notesOf(mails: readonly Email[]): string[] {
  const attachments = mails.flatMap((mail) => mail.attachments);
  const files = attachments.filter((one) => !isForwarded(one) && !isShownInText(one));
  const isEncrypted = attachments.some(({ mimeType }) =>
    /^application\/(?:(?:x-)?pkcs7-mime|pgp-encrypted)$/.test(mimeType),
  );
  return [
    ...(isEncrypted
      ? ["The mail or a part of it is encrypted or signed, and cannot be read."]
      : []),
    ...(files.length === 0 ? [] : [unreadAttachments(files.length)]),
  ];
}

const unreadAttachments = (files: number): string =>
  files === 1 ? "One attachment was not read." : `${files} attachments were not read.`;
