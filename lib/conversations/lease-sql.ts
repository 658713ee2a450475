/**
 * The lease in SQL: the right to run a conversation's turns until a time. Three columns of `conversations` hold the lease,
 * and every statement about these columns is built from the parts below.
 *
 *     lease_until    null            released: no runner works on this conversation
 *                    in the future   held: one runner works and renews the lease every second
 *                    in the past     expired: the runner crashed, froze, or lost its network
 *     lease_holder   the id of the claim that took the lease last
 *     fence          a number; a runner may write only while its own fence equals this number
 *
 * Only the database's clock counts. In PostgreSQL `now()` is the start of the transaction.
 */

export const leaseIsHeld = "lease_until > now()";

/** Released or expired: another runner may take the lease. */
export const leaseIsFree = "(lease_until is null or lease_until <= now())";

/** Held or expired. A runner that was slow may renew an expired lease until another runner takes it. */
export const leaseIsNotReleased = "lease_until is not null";

/** True for a retry of the claim that holds the lease: the database client sends a claim again when its reply was lost. */
export const leaseIsHeldBy = (claimId: string): string =>
  `(lease_holder is not distinct from ${claimId} and ${leaseIsHeld})`;

/**
 * A claim may take a free lease once, and a retry keeps the lease that the claim has taken. A retry that arrives after the
 * claim's turn has ended takes nothing.
 */
export const leaseIsFreeFor = (claimId: string): string =>
  `(${leaseIsHeldBy(claimId)} or ${leaseIsFree} and lease_holder is distinct from ${claimId})`;

/** When a lease ends that is taken or renewed in this transaction. */
export const leaseEnd = (seconds: string): string => `now() + make_interval(secs => ${seconds})`;

/** Every runner that holds a lower fence is refused from now on. */
export const nextFence = "fence + 1";

export const releaseLease = "lease_until = null";

/** Ends the lease of a runner that may be frozen instead of dead. When that runner thaws, its fence is too low. */
export const revokeLease = `fence = ${nextFence}, ${releaseLease}`;
