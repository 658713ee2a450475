import {
  childAt,
  childrenNamed,
  descendantsNamed,
  type XmlElement,
} from "#lib/documents/reading/office/xml-tree.ts";
import type { Block } from "#lib/documents/reading/read-document.ts";
import { runsText } from "./paragraph-reader.ts";

interface Connection {
  from: string;
  to: string;
  order: number;
}

/** Returns the texts of a SmartArt diagram (ECMA-376 part 1, 21.4) as a list, as PowerPoint's own text pane shows them. */
export function diagramBlocks(data: XmlElement | undefined): Block[] {
  const points = new Map(
    childrenNamed(childAt(data, "dgm:ptLst"), "dgm:pt").map((point) => [
      point.attributes.modelId ?? "",
      point,
    ]),
  );
  const connections = childrenNamed(childAt(data, "dgm:cxnLst"), "dgm:cxn")
    .filter(({ attributes }) => (attributes.type ?? "parOf") === "parOf")
    .map(
      ({ attributes }): Connection => ({
        from: attributes.srcId ?? "",
        to: attributes.destId ?? "",
        order: Number(attributes.srcOrd ?? 0),
      }),
    );
  const root = [...points].find(([, point]) => point.attributes.type === "doc")?.[0];
  const seen = new Set<string>();

  function below(id: string, depth: number): Block[] {
    const children = connections
      .filter(({ from }) => from === id)
      .toSorted((a, b) => a.order - b.order);
    return children.flatMap(({ to }): Block[] => {
      if (seen.has(to)) return [];
      seen.add(to);
      const text = pointText(points.get(to));
      const own: Block[] = text === "" ? [] : [{ kind: "item", depth, marker: "•", text }];
      return [...own, ...below(to, depth + 1)];
    });
  }

  return root === undefined ? [] : below(root, 0);
}

const pointText = (point: XmlElement | undefined): string =>
  descendantsNamed(childAt(point, "dgm:t"), "a:p")
    .map((paragraph) => runsText(paragraph, () => false))
    .filter(Boolean)
    .join("\n");
