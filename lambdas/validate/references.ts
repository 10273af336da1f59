import { checkCollectionReference } from "./collection-references";
import type { Reference } from "./events";
import { noFindings, type ReferenceFindings } from "./findings";
import type { ReferenceTools } from "./reference-tools";
import { checkTableReference } from "./table-references";

/** Follows every configured reference whose two stores are in the plan. */
export const checkReferences = async (tools: ReferenceTools, references: readonly Reference[]): Promise<ReferenceFindings> => {
  const findings = noFindings();
  const { chroma, objects, postgres } = tools.plan.stores;
  for (const reference of references) {
    if ("collection" in reference) {
      if (chroma !== undefined && objects !== undefined) await checkCollectionReference(tools, reference, findings);
      continue;
    }
    const target = reference.to === "documents" ? objects : chroma;
    if (postgres !== undefined && target !== undefined && tools.postgres !== undefined)
      await checkTableReference(tools, tools.postgres, reference, findings);
  }
  return findings;
};
