/** Who was measured. `earlier` is the build that `--against` names. */
export type Party = "this" | "earlier" | "plain" | "limit";

/** For each row of the table and each party: one figure for each round. */
export type Samples = Record<string, Partial<Record<Party, number[]>>>;

/** Collects figures of several rounds. */
export function createRecorder() {
  const samples: Samples = {};
  return {
    samples,
    add(row: string, party: Party, value: number): void {
      samples[row] ??= {};
      const values = samples[row][party] ?? [];
      values.push(value);
      samples[row][party] = values;
    },
  };
}
export type Recorder = ReturnType<typeof createRecorder>;
