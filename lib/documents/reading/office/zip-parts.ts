import { crc32, inflateRawSync } from "node:zlib";
import { DocumentFault, moreThan, type ReadLimits } from "#lib/documents/reading/document-file.ts";

/** The parts of an office file, by name. A part is inflated when it is read. */
export interface ZipParts {
  names: string[];
  /** Names match without regard to case, as the Open Packaging Conventions require. Returns undefined without such a part. */
  read(name: string): Uint8Array | undefined;
}

interface Entry {
  name: string;
  isEncrypted: boolean;
  method: number;
  checksum: number;
  compressedBytes: number;
  inflatedBytes: number;
  headerOffset: number;
}

const damaged = "The file is damaged: it cannot be unpacked.";
const tooLarge = "The file is too large when it is unpacked.";

// APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16.
const localHeader = 0x04034b50;
const directoryHeader = 0x02014b50;
const directoryEnd = 0x06054b50;
const directoryEndBytes = 22;
const largeDirectoryLocator = 0x07064b50;
const longestComment = 0xffff;

/**
 * Returns the parts of a ZIP file. Reads the central directory, checks the sizes that it states before anything is inflated,
 * and inflates a part to no more than its stated size. Neither of the libraries at hand does: fflate cuts a part silently at
 * the size in its header, and checks no checksum.
 * @throws DocumentFault if the file is damaged, encrypted or beyond a limit
 */
export function zipParts(bytes: Uint8Array, limits: ReadLimits): ZipParts {
  const entries = readDirectory(bytes, limits);
  const total = entries.reduce((sum, entry) => sum + entry.inflatedBytes, 0);
  if (total > limits.inflatedBytes) throw new DocumentFault(tooLarge);
  const byName = new Map(entries.map((entry) => [entry.name.toLowerCase(), entry]));
  let inflated = 0;
  return {
    names: entries.map(({ name }) => name),
    read(name) {
      const entry = byName.get(name.toLowerCase());
      if (entry === undefined) return undefined;
      // A part that is read twice counts twice.
      inflated += entry.inflatedBytes;
      if (inflated > limits.inflatedBytes) throw new DocumentFault(tooLarge);
      return inflate(bytes, entry);
    },
  };
}

function readDirectory(bytes: Uint8Array, { entries: most }: ReadLimits): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findDirectoryEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const isLarge = end >= 20 && view.getUint32(end - 20, true) === largeDirectoryLocator;
  if (count > most) throw moreThan(most, "parts");
  // A file of 4 GB or 65,536 parts needs the large form. None is so large here.
  if (isLarge && (at === 0xffffffff || count === 0xffff)) throw new DocumentFault(tooLarge);
  const entries: Entry[] = [];
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== directoryHeader)
      throw new DocumentFault(damaged);
    const nameBytes = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameBytes));
    entries.push({
      name: name.replaceAll("\\", "/").replace(/^\//, ""),
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
      compressedBytes: view.getUint32(at + 20, true),
      inflatedBytes: view.getUint32(at + 24, true),
      headerOffset: view.getUint32(at + 42, true),
    });
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

function findDirectoryEnd(view: DataView): number {
  const first = Math.max(0, view.byteLength - directoryEndBytes - longestComment);
  for (let at = view.byteLength - directoryEndBytes; at >= first; at--) {
    if (view.getUint32(at, true) === directoryEnd) return at;
  }
  throw new DocumentFault("The file is damaged: its end is missing.");
}

function inflate(bytes: Uint8Array, entry: Entry): Uint8Array {
  if (entry.isEncrypted) throw new DocumentFault("The file is protected by a password.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = entry.headerOffset;
  if (at + 30 > bytes.length || view.getUint32(at, true) !== localHeader)
    throw new DocumentFault(damaged);
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  const packed = bytes.subarray(start, start + entry.compressedBytes);
  const content = unpack(packed, entry);
  if (content.length !== entry.inflatedBytes || crc32(content) !== entry.checksum)
    throw new DocumentFault(damaged);
  return content;
}

function unpack(packed: Uint8Array, { method, inflatedBytes }: Entry): Uint8Array {
  if (method === 0) return packed;
  if (method !== 8) throw new DocumentFault("The file is packed in a way that cannot be read.");
  try {
    // Zero is not a valid maximum.
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, inflatedBytes) });
  } catch (error) {
    throw new DocumentFault(damaged, { cause: error });
  }
}
