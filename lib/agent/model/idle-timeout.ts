/** How long a model may send nothing. */
export interface IdleTimeouts {
  /** Before the first piece of its answer. A model that thinks sends nothing in this time. */
  firstTokenMs: number;
  /** Between two pieces. */
  betweenTokensMs: number;
}

export const defaultIdleTimeouts: IdleTimeouts = {
  firstTokenMs: 60_000,
  betweenTokensMs: 30_000,
};

/** The model sent nothing for longer than its timeout. Its connection is closed. */
export class ModelSilent extends Error {
  override readonly name = "ModelSilent";
}

/**
 * Calls `read` with a signal that also aborts when the model is silent for too long. `read` calls `onPiece` for each piece of
 * the answer.
 * @throws ModelSilent after a timeout, or what `read` throws
 */
export async function withIdleTimeouts(
  read: (signal: AbortSignal, onPiece: () => void) => Promise<void>,
  { firstTokenMs, betweenTokensMs }: IdleTimeouts,
  signal: AbortSignal,
): Promise<void> {
  const timeout = new AbortController();
  const startTimer = (ms: number) =>
    setTimeout(() => timeout.abort(new ModelSilent(`Nothing came for ${ms} ms.`)), ms);
  let timer = startTimer(firstTokenMs);
  let hasBegun = false;
  const onPiece = () => {
    if (hasBegun) {
      timer.refresh();
      return;
    }
    hasBegun = true;
    clearTimeout(timer);
    timer = startTimer(betweenTokensMs);
  };
  try {
    await read(AbortSignal.any([signal, timeout.signal]), onPiece);
  } finally {
    clearTimeout(timer);
  }
}
