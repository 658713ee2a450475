/** A cookie session belongs to a browser and comes through the gateway; a bearer session belongs to a program. */
export type SessionUse = "cookie" | "bearer";

/** The right to act as a visitor, from one login until it expires or is ended. */
export interface Session {
  /** The visitor, who owns conversations; outlives the session. */
  subject: string;
  /** Of one login: renewed tokens keep it, and ending the session ends them all. */
  sessionId: string;
  use: SessionUse;
  /** When the password was given. */
  authenticatedAt: Date;
  /** When this token was signed. */
  issuedAt: Date;
  expiresAt: Date;
}
