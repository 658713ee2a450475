import "../ui/tokens.css";
import "../ui/base.css";
import { applyTheme } from "../ui/theme.ts";
import { mountOperator } from "./mount-operator.ts";

applyTheme();
const page = document.getElementById("page");
if (page === null) throw new Error("operator.html has no element with the id page.");
mountOperator(page);
