import { limitedParts } from "../parts.ts";
import { createLogin } from "./route.ts";

const parts = limitedParts("login", "login");

export const handler = createLogin({ ...parts, demoPassword: parts.secrets.demoPassword });
