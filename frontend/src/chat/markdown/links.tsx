import type { Definition as DefinitionNode } from "mdast";
import { createContext, type ReactNode, use } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { allowedUrl, hiddenTarget } from "./link-policy.ts";
import styles from "./markdown.module.css";
import { ReferencesContext } from "./references.ts";

interface AnswerLinkProps {
  address: string | undefined;
  /** The text of `children`; null if they contain more than text. */
  text: string | null;
  children: ReactNode;
}

/** Whether a link contains the rendered text. */
export const IsInLink = createContext(false);

/** A link that shows its target if its text hides the target. Plain text if `allowedUrl` rejects the address. */
export function AnswerLink({ address, text, children }: AnswerLinkProps) {
  const isInLink = use(IsInLink);
  const url = allowedUrl(address);
  if (url === null || isInLink) return <span>{children}</span>;
  const target = hiddenTarget(url, text ?? "");
  return (
    <>
      <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">
        <IsInLink value={true}>{children}</IsInLink>
      </a>
      {target !== null && (
        <span className={styles.host} dir="ltr">
          {" "}
          ({target})
        </span>
      )}
    </>
  );
}

/** A link whose address is in a definition elsewhere in the answer. */
export function DefinedLink({
  identifier,
  ...link
}: Omit<AnswerLinkProps, "address"> & { identifier: string }) {
  const { definitions } = use(ReferencesContext).references;
  return <AnswerLink address={definitions.get(identifier)?.url} {...link} />;
}

interface ImageLinkProps {
  address?: string;
  identifier?: string;
  name: string;
}

/** An image's name as a link. The page never loads the image: a request could leak the answer to the image's host. */
export function ImageLink({ address, identifier, name }: ImageLinkProps) {
  const { image } = useTexts().markdown;
  const { definitions } = use(ReferencesContext).references;
  const url = address ?? definitions.get(identifier ?? "")?.url;
  return (
    <AnswerLink address={url} text={name}>
      {name || image}
    </AnswerLink>
  );
}

/** Shows a definition that no link uses or whose address is not allowed: Markdown also reads `[Ada]: hello` as a definition. */
export function Definition({ definition }: { definition: DefinitionNode }) {
  const { shownDefinitions } = use(ReferencesContext).references;
  return shownDefinitions.has(definition) ? <p>{definition.data?.source}</p> : null;
}
