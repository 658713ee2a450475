/** `npm run test:properties` draws more cases; within `npm test` their number is kept low. Every run draws other cases. */
export const isFullRun = process.env.MODE === "properties-full";
