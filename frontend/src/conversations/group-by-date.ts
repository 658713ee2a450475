import type { ListedConversation } from "#lib/contract/conversation.ts";

/** The name of a group, or the first day of the month that the group holds. */
export type GroupName = "today" | "yesterday" | "week" | "month" | Date;

export interface DateGroup {
  /** Unique among the groups of a list. */
  key: string;
  name: GroupName;
  conversations: ListedConversation[];
}

/**
 * Returns the conversations in groups by the day of their last change, in the browser's time zone. Keeps their order, newest
 * first. A conversation from the future (the clocks differ) is from today.
 * @param today any time of the current day
 */
export function groupByDate(conversations: ListedConversation[], today: Date): DateGroup[] {
  const groups: DateGroup[] = [];
  for (const conversation of conversations) {
    const { key, name } = groupOf(new Date(conversation.updated_at), today);
    const last = groups.at(-1);
    if (last?.key === key) last.conversations.push(conversation);
    else groups.push({ key, name, conversations: [conversation] });
  }
  return groups;
}

function groupOf(at: Date, today: Date): Pick<DateGroup, "key" | "name"> {
  const days = dayNumber(today) - dayNumber(at);
  const name = days <= 0 ? "today" : days === 1 ? "yesterday" : days <= 7 ? "week" : "month";
  if (days <= 30) return { key: name, name };
  const month = new Date(at.getFullYear(), at.getMonth(), 1);
  return { key: `${month.getFullYear()}-${month.getMonth()}`, name: month };
}

/** Counts calendar days, which have 23, 24 or 25 hours. */
const dayNumber = (at: Date): number =>
  Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86_400_000;

/** Returns the milliseconds until the next day begins in the browser's time zone. */
export const msUntilMidnight = (now: Date): number =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime() - now.getTime();
