import { createLimitedDependencies } from "../dependencies.ts";
import { createLogin } from "./route.ts";

const dependencies = createLimitedDependencies("login", "login");

export const handler = createLogin({
  ...dependencies,
  demoPassword: dependencies.secrets.demoPassword,
});

dependencies.preparation.add(dependencies.secrets.demoPassword());
await dependencies.preparation.finish();
