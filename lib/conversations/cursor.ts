/** A place in a visitor's list of conversations, newest first. */
export interface Position {
  updatedAt: Date;
  id: string;
}

const written = /^(\d{1,13})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Opaque to clients: `<milliseconds>.<id>` in base64url. It needs no signature, as it only ever points into one's own list. */
export function encodeCursor({ updatedAt, id }: Position): string {
  return Buffer.from(`${updatedAt.getTime()}.${id}`).toString("base64url");
}

/** Undefined for anything that `encodeCursor` would not have written exactly so. */
export function decodeCursor(cursor: string): Position | undefined {
  const [, milliseconds, id] = written.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  if (milliseconds === undefined || id === undefined) return undefined;
  const position = { updatedAt: new Date(Number(milliseconds)), id };
  return encodeCursor(position) === cursor ? position : undefined;
}
