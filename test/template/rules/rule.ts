import type { Template } from "#test/template/template.ts";

/** Maps a sentence to its check, which returns the faults of a template. */
export type Rules = Record<string, (template: Template) => string[]>;

/** Returns the fault unless the condition holds. */
export const unless = (condition: boolean, fault: string): string[] => (condition ? [] : [fault]);
