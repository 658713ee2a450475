let forget = () => {};

/** Sets what ends the uploads of the owner, once the script of the uploads has loaded. */
export function onForgetUploads(end: () => void): void {
  forget = end;
}

/** Ends every upload of the owner. Does nothing before the person has used documents. */
export function forgetUploads(): void {
  forget();
}
