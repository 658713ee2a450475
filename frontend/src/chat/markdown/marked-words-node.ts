import type { Parent, PhrasingContent } from "mdast";
import type { ReactNode } from "react";

/** Words of an answer that were checked. Only a whole answer has such nodes: see `markWords`. */
export interface MarkedWords extends Parent {
  type: "markedWords";
  children: PhrasingContent[];
  draw: (children: ReactNode) => ReactNode;
}

declare module "mdast" {
  interface PhrasingContentMap {
    markedWords: MarkedWords;
  }
  interface RootContentMap {
    markedWords: MarkedWords;
  }
}
