/**
 * Keeps a person's selection in an element whose text grows. Returns the function that ends it. For each token React changes a
 * text node. The browser then moves the ends of a selection in that node to the node's start (DOM standard, "replace data").
 * In a replaced node the ends are lost.
 */
export function preserveSelection(element: HTMLElement): () => void {
  let saved = readSelection(element);
  const save = () => {
    saved = readSelection(element);
  };
  // Runs after the change and before the next frame, so that the selection never flickers.
  const changes = new MutationObserver((records) => {
    if (saved === null) return;
    const changed = new Set(records.map(({ target }) => target));
    restore(saved, changed);
    save();
  });
  changes.observe(element, { characterData: true, childList: true, subtree: true });
  document.addEventListener("selectionchange", save);
  return () => {
    changes.disconnect();
    document.removeEventListener("selectionchange", save);
  };
}

/** One end of a selection. `at` is its offset in the text of its turn (UTF-16 units). */
interface End {
  node: Node;
  offset: number;
  turn: Element | undefined;
  at: number;
}

interface SavedSelection {
  anchor: End;
  focus: End;
  isBackward: boolean;
  words: string;
}

/** Returns null if nothing in `root` is selected. */
function readSelection(root: HTMLElement): SavedSelection | null {
  const selection = document.getSelection();
  if (selection === null || selection.isCollapsed) return null;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  if (anchorNode === null || focusNode === null) return null;
  const anchor = readEnd(root, anchorNode, anchorOffset);
  const focus = readEnd(root, focusNode, focusOffset);
  if (anchor.turn === undefined && focus.turn === undefined) return null;
  const range = selection.getRangeAt(0);
  const isBackward = range.startContainer !== anchorNode || range.startOffset !== anchorOffset;
  return { anchor, focus, isBackward, words: range.toString() };
}

function readEnd(root: HTMLElement, node: Node, offset: number): End {
  const turn = Array.from(root.children).find((child) => child.contains(node));
  if (turn === undefined) return { node, offset, turn, at: 0 };
  const before = document.createRange();
  before.setStart(turn, 0);
  before.setEnd(node, offset);
  return { node, offset, turn, at: before.toString().length };
}

function restore({ anchor, focus, isBackward, words }: SavedSelection, changed: Set<Node>): void {
  const selection = document.getSelection();
  if (selection === null) return;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  const isAnchorLost = isLost(anchor, anchorNode, anchorOffset, changed);
  const isFocusLost = isLost(focus, focusNode, focusOffset, changed);
  if (!isAnchorLost && !isFocusLost) return;
  const shift = shiftOf(isBackward ? focus : anchor, isBackward ? anchor : focus, words);
  const from = isAnchorLost
    ? findEnd(anchor, shift, !isBackward)
    : positionOf(anchorNode, anchorOffset);
  const to = isFocusLost ? findEnd(focus, shift, isBackward) : positionOf(focusNode, focusOffset);
  if (from !== null && to !== null) selection.setBaseAndExtent(...from, ...to);
}

type Position = [node: Node, offset: number];

const positionOf = (node: Node | null, offset: number): Position | null => node && [node, offset];

/** Returns whether a change moved the end. A dragging person moves it too, but not to the start of a changed node. */
function isLost(end: End, node: Node | null, offset: number, changed: Set<Node>): boolean {
  if (end.turn === undefined) return false;
  if (!end.node.isConnected) return true;
  return changed.has(end.node) && node === end.node && offset === 0 && end.offset !== 0;
}

/** Returns how far the selected words moved in their turn: `**` before them disappears when it becomes bold. */
function shiftOf(start: End, end: End, words: string): number {
  if (start.turn === undefined || start.turn !== end.turn) return 0;
  const found = (start.turn.textContent ?? "").lastIndexOf(words, start.at);
  return found < 0 ? 0 : found - start.at;
}

/** Returns the end's current position. Between two nodes a selection starts in the second and ends in the first. */
function findEnd({ turn, at }: End, shift: number, isStart: boolean): Position | null {
  if (turn === undefined) return null;
  const texts = document.createTreeWalker(turn, NodeFilter.SHOW_TEXT);
  let left = at + shift;
  let last: Position | null = null;
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const length = node.nodeValue?.length ?? 0;
    last = [node, Math.min(left, length)];
    if (isStart ? left < length : left <= length) return last;
    left -= length;
  }
  return last;
}
