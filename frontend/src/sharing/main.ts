import "../ui/tokens.css";
import "../ui/base.css";
import { applyTheme } from "../ui/theme.ts";
import { startShared } from "./start-shared.tsx";

applyTheme();
void startShared(document.body);
