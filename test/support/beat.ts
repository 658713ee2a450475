/** Matches the request by which a running turn renews its lease, once a second. On a busy machine a turn takes seconds. */
export const beat = /fence = \$2 and lease_until is not null/;
