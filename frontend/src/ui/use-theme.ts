import { useState } from "react";
import { chooseTheme, readTheme, type Theme } from "./theme.ts";

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(readTheme);
  const change = (next: Theme) => {
    chooseTheme(next);
    setTheme(next);
  };
  return [theme, change];
}
