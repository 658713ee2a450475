import { createOperatorDependencies } from "../dependencies.ts";
import { createOperatorLogin } from "./route.ts";

const dependencies = createOperatorDependencies("operator-login", "operatorLogin");

export const handler = createOperatorLogin({
  ...dependencies,
  operatorPassword: dependencies.secrets.operatorPassword,
});

dependencies.preparation.add(dependencies.secrets.operatorPassword());
await dependencies.preparation.finish();
