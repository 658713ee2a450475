import { createSessionDependencies } from "../dependencies.ts";
import { createLogout } from "./route.ts";

const dependencies = createSessionDependencies("logout");

export const handler = createLogout(dependencies);

await dependencies.preparation.finish();
