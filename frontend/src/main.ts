import "./ui/tokens.css";
import "./ui/base.css";
import { startPage } from "./start-page.ts";
import { applyTheme } from "./ui/theme.ts";

applyTheme();
const page = document.getElementById("page");
if (page === null) throw new Error("index.html has no element with the id page.");
startPage(page);
