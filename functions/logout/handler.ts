import { createSessionDependencies } from "../dependencies.ts";
import { createLogout } from "./route.ts";

export const handler = createLogout(createSessionDependencies("logout"));
