import "./ui/tokens.css";
import "./ui/base.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { applyTheme } from "./ui/theme.ts";

applyTheme();
const page = document.getElementById("page");
if (page === null) throw new Error("index.html has no element with the id page.");
createRoot(page).render(<App />);
