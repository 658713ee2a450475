/** A position in a list of an owner, newest first. */
export interface ListPosition {
  at: Date;
  id: string;
}

const cursorPattern = /^(\d{1,13})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Returns `<milliseconds>.<id>` in base64url. The cursor needs no signature: it only points into the owner's own list. */
export function encodeCursor({ at, id }: ListPosition): string {
  return Buffer.from(`${at.getTime()}.${id}`).toString("base64url");
}

/** Returns undefined for every text that `encodeCursor` does not return. */
export function decodeCursor(cursor: string): ListPosition | undefined {
  const text = Buffer.from(cursor, "base64url").toString();
  const [, milliseconds, id] = cursorPattern.exec(text) ?? [];
  if (milliseconds === undefined || id === undefined) return undefined;
  const position = { at: new Date(Number(milliseconds)), id };
  return encodeCursor(position) === cursor ? position : undefined;
}
