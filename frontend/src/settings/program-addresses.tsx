import { useProgramTexts } from "../texts/use-program-texts.ts";
import styles from "./page-settings.module.css";

/** Names and paths of the protocols, as their clients ask for them. */
const protocols = [
  ["OpenAI", "/v1"],
  ["AI SDK", "/api/ai-sdk/chat"],
  ["AG-UI", "/ag-ui"],
  ["MCP", "/mcp"],
] as const;

/** Where programs connect: one address for each protocol. */
export function ProgramAddresses() {
  const texts = useProgramTexts();
  return (
    <details className={styles.addresses}>
      <summary>{texts.addresses}</summary>
      <table>
        <thead className="spoken">
          <tr>
            <th scope="col">{texts.protocol}</th>
            <th scope="col">{texts.address}</th>
          </tr>
        </thead>
        <tbody>
          {protocols.map(([name, path]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <code>{`${location.origin}${path}`}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.aside}>{texts.addressesExplained}</p>
    </details>
  );
}
