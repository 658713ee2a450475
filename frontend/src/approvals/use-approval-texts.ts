import type { ApprovalTexts } from "../texts/approval-english.ts";
import { approvalTexts } from "../texts/approval-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";

export function useApprovalTexts(): ApprovalTexts {
  return approvalTexts(useTexts().language);
}
