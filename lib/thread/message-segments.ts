import type { ChannelVersions, Checkpoint } from "@langchain/langgraph-checkpoint";

/**
 * The messages of a thread in segments. A turn adds a few messages at the end and sometimes drops the oldest, so it rewrites
 * one small segment instead of the whole thread:
 *
 *     channel       messages:0   messages:1   messages
 *     stored          64 KB        16 KB        3 KB
 *     a turn          64 KB        16 KB        5 KB          is written
 *     ...             64 KB        16 KB        9 KB
 *     a turn          64 KB          25 KB      2 KB          the last segment was full: it is closed, and joins its neighbour
 *
 * A closed segment joins the segment before it unless that one is at least twice as large. So a thread has few segments, and a
 * message is rewritten few times, both in proportion to the logarithm of the thread's size.
 */
export interface Segments {
  /** Oldest first. */
  closed: ClosedSegment[];
  /** The newest messages. Their channel is `messages`, as in a thread without segments. */
  open: Segment;
  /** The version of the channel `messages`. Undefined if nothing is stored. */
  version: Version | undefined;
}

interface Segment {
  messages: readonly unknown[];
  /** The size as JSON, about. */
  bytes: number;
}

interface ClosedSegment extends Segment {
  /** Part of the channel's name, and in the order of the segments. */
  number: number;
  version: Version;
}

type Version = string | number;

const channel = "messages";
const minClosedBytes = 4 * 1024;

const channelOf = ({ number }: ClosedSegment) => `${channel}:${number}`;

export const noSegments: Segments = {
  closed: [],
  open: { messages: [], bytes: 0 },
  version: undefined,
};

export const bytesOf = ({ closed, open }: Segments): number =>
  closed.reduce((sum, { bytes }) => sum + bytes, open.bytes);

/**
 * Returns the segments of a checkpoint's messages. Reuses stored segments whose messages are the same objects in the same
 * order. New closed segments have the version of the checkpoint's messages.
 */
export function segmentMessages(checkpoint: Checkpoint, stored: Segments): Segments {
  const messages = checkpoint.channel_values[channel];
  const version = checkpoint.channel_versions[channel];
  if (!Array.isArray(messages) || version === undefined) return noSegments;
  if (version === stored.version) return stored;
  const closed: ClosedSegment[] = [];
  const isFull = stored.open.bytes >= minClosedBytes;
  const reusable = isFull ? [...stored.closed, stored.open] : stored.closed;
  const byFirst = new Map(reusable.map((segment) => [segment.messages[0], segment]));
  let loose: unknown[] = [];
  for (let start = 0; start < messages.length; ) {
    const segment = byFirst.get(messages[start]);
    if (segment?.messages.every((message, index) => message === messages[start + index])) {
      if (loose.length > 0) close(closed, segmentOf(loose), version);
      loose = [];
      if (isClosed(segment) && segment.number >= nextNumber(closed)) closed.push(segment);
      else close(closed, segment, version);
      start += segment.messages.length;
    } else {
      loose.push(messages[start]);
      start += 1;
    }
  }
  return { closed, open: segmentOf(loose), version };
}

/** Adds a closed segment, which absorbs the segments before it that are less than twice as large. */
function close(closed: ClosedSegment[], { messages, bytes }: Segment, version: Version): void {
  let size = bytes;
  const joined = [messages];
  for (let last = closed.at(-1); last && last.bytes < 2 * size; last = closed.at(-1)) {
    joined.unshift(last.messages);
    size += last.bytes;
    closed.pop();
  }
  closed.push({ number: nextNumber(closed), version, messages: joined.flat(), bytes: size });
}

const nextNumber = (closed: readonly ClosedSegment[]) => (closed.at(-1)?.number ?? -1) + 1;

const isClosed = (segment: Segment): segment is ClosedSegment => "number" in segment;

const segmentOf = (messages: readonly unknown[]): Segment => ({
  messages,
  bytes: messages.reduce<number>((sum, message) => sum + JSON.stringify(message).length, 0),
});

/** Returns a checkpoint as it is stored: each segment is the value of a channel. */
export function splitCheckpoint(checkpoint: Checkpoint, { closed, open }: Segments): Checkpoint {
  if (closed.length === 0) return checkpoint;
  const { channel_values, channel_versions } = checkpoint;
  const values = closed.map((segment) => [channelOf(segment), segment.messages]);
  const versions = closed.map((segment) => [channelOf(segment), segment.version]);
  return {
    ...checkpoint,
    channel_values: {
      ...channel_values,
      [channel]: open.messages,
      ...Object.fromEntries(values),
    },
    channel_versions: { ...channel_versions, ...Object.fromEntries(versions) },
  };
}

/** Returns the channels of the closed segments that this checkpoint is the first to store. */
export function newSegments({ closed, version }: Segments): ChannelVersions {
  const added = closed.filter((segment) => segment.version === version);
  return Object.fromEntries(added.map((segment) => [channelOf(segment), segment.version]));
}

/**
 * Undoes `splitCheckpoint`. Returns the checkpoint with its whole messages, and their segments.
 * @param bytes the size of each channel
 */
export function joinCheckpoint(
  stored: Checkpoint,
  bytes: ReadonlyMap<string, number>,
): { checkpoint: Checkpoint; segments: Segments } {
  const values = { ...stored.channel_values };
  const versions = { ...stored.channel_versions };
  const newest = values[channel] ?? [];
  if (!Array.isArray(newest)) return { checkpoint: stored, segments: noSegments };

  const closed: ClosedSegment[] = [];
  for (const [name, messages] of Object.entries(values)) {
    const number = numberIn(name);
    const version = versions[name];
    if (number === undefined || version === undefined || !Array.isArray(messages)) continue;
    closed.push({ number, version, messages, bytes: bytes.get(name) ?? 0 });
    delete values[name];
    delete versions[name];
  }
  closed.sort((one, other) => one.number - other.number);
  const segments = {
    closed,
    open: { messages: newest, bytes: bytes.get(channel) ?? 0 },
    version: versions[channel],
  };
  if (closed.length === 0) return { checkpoint: stored, segments };
  values[channel] = [...closed.flatMap(({ messages }) => messages), ...newest];
  return {
    checkpoint: { ...stored, channel_values: values, channel_versions: versions },
    segments,
  };
}

function numberIn(name: string): number | undefined {
  const [, digits] = /^messages:(\d+)$/.exec(name) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
