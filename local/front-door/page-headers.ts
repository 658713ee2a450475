/**
 * Returns the headers that CloudFront adds to every file of the page, without two that break plain http on this machine:
 * `upgrade-insecure-requests` would send the page's own requests to https, and `Strict-Transport-Security` would do
 * the same to every other program on localhost.
 */
export const pageHeaders = (bucketOrigin: string) => ({
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    // The page sends documents to their bucket, and reads them there.
    `connect-src 'self' ${bucketOrigin}`,
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    // Chromium and Safari refuse to turn any text into markup or a script, also in a library.
    "require-trusted-types-for 'script'",
    // The one policy can only return the address of the service worker (frontend/src/offline/register-service-worker.ts).
    "trusted-types service-worker",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(self), geolocation=()",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // A search engine that follows a link to a conversation must not list it, and the other pages only lead to a login.
  "x-robots-tag": "noindex, nofollow",
});
