/**
 * Returns the milliseconds of processor time that the work takes on its thread. A test that limits a computation measures this:
 * on a busy machine the clock also counts the time of other processes.
 */
export function processorMsOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
