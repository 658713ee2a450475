import { createOperatorSession } from "../dependencies.ts";
import { createOperatorLogout } from "./route.ts";

const dependencies = createOperatorSession("operator-logout");

export const handler = createOperatorLogout(dependencies);

await dependencies.preparation.finish();
