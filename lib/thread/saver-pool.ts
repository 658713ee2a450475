import type { Row, Statement } from "#lib/platform/postgres.ts";

interface SaverPoolOptions {
  /** Answers a statement that stands outside a transaction. */
  read(statement: Statement): Promise<Row[]>;
  /** Is given what stood between BEGIN and COMMIT. */
  commit(statements: Statement[]): Promise<void>;
}

/**
 * What LangGraph's PostgresSaver uses of pg's Pool, without connections: an HTTP transaction goes out
 * whole, so a transaction's statements are kept until its COMMIT. None of the saver's needs an answer.
 */
export function createSaverPool({ read, commit }: SaverPoolOptions) {
  return {
    async query(text: string, params: unknown[] = []) {
      return { rows: await read({ text, params }) };
    },
    async connect() {
      let kept: Statement[] | undefined;
      return {
        async query(text: string, params: unknown[] = []) {
          if (text === "BEGIN") {
            kept = [];
          } else if (text === "ROLLBACK") {
            kept = undefined;
          } else if (kept === undefined) {
            return { rows: await read({ text, params }) };
          } else if (text === "COMMIT") {
            const whole = kept;
            kept = undefined;
            if (whole.length > 0) await commit(whole);
          } else {
            kept.push({ text, params });
          }
          return { rows: [] };
        },
        release() {},
      };
    },
    async end() {},
  };
}

export type SaverPool = ReturnType<typeof createSaverPool>;
