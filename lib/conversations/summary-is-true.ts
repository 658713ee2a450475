/**
 * Whether a row of `conversations` has a summary that still tells what was said: it does not once a later turn has taken
 * the place of a turn that it tells of.
 */
export const summaryIsTrue = `
  (summary_until is not null and not exists (
    select from turns as newer join turns as older on older.id = newer.replaces
    where newer.conversation_id = conversations.id
      and older.seq <= (select seq from turns where id = summary_until)
      and newer.seq > (select seq from turns where id = summary_until)))`;
