/** `npm run test:clients` draws thousands of cases; within `npm test` their number is kept low. */
export const isFullRun = process.env.MODE === "clients-full";
