import { randomInt } from "node:crypto";

/** `npm run test:faults` runs all of it; within `npm test` it is kept short. */
export const isFullRun = process.env.MODE === "faults-full";

/** `FAULTS_SEED=… npm run test:faults` repeats the choices of an earlier run. */
export const seed = Number(process.env.FAULTS_SEED ?? randomInt(2 ** 31));
