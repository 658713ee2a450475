import type { Template } from "#test/template/template.ts";

/** Sentences, and what is found where they are untrue. */
export type Rules = Record<string, (template: Template) => string[]>;

/** The fault, unless what should hold does. */
export const unless = (holds: boolean, fault: string): string[] => (holds ? [] : [fault]);
