import { alarmRules } from "./rules/alarms.ts";
import { costRules } from "./rules/cost.ts";
import { documentRules } from "./rules/documents.ts";
import { frontRules } from "./rules/front.ts";
import { functionRules } from "./rules/functions.ts";
import { gatewayRules } from "./rules/gateway.ts";
import { headerRules } from "./rules/headers.ts";
import { roleRules } from "./rules/roles.ts";
import type { Rules } from "./rules/rule.ts";
import { wholeRules } from "./rules/whole.ts";

/** The rules that AWS's validator does not check. Each name must be true of the template. */
export const rules: Rules = {
  ...gatewayRules,
  ...functionRules,
  ...roleRules,
  ...frontRules,
  ...headerRules,
  ...documentRules,
  ...alarmRules,
  ...costRules,
  ...wholeRules,
};
