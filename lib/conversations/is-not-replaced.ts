/** SQL: no later turn took the place of this one. */
export const isNotReplaced = (conversationId: string, turnId: string): string => `
  not exists (
    select from turns later
    where later.conversation_id = ${conversationId} and later.replaces = ${turnId})`;
