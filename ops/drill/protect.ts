import { join } from "node:path";
import { createRepository } from "../../local/workload/repository";
import { startCompany } from "./company";
import type { DrillContext } from "./context";
import { openStack } from "./deployment";
import { prodProfile, REGIONS, SYSTEM } from "./profile";
import type { Protected, Scenario } from "./scenario";

/** `prod` is deployed, the company loads its documents and writes on, and what the scenario awaits has come about by itself. */
export const protect = async (
  context: DrillContext,
  { documents, awaits, jobs }: Pick<Scenario, "documents" | "awaits" | "jobs">,
): Promise<Protected> => {
  const { aws, progress, runDir, now, signal, projectDir } = context;
  const repository = jobs ? await createRepository(join(runDir, "repository")) : undefined;
  const prod = await openStack(context, "prod", REGIONS.primary, prodProfile(aws, repository?.url), "atEnd");
  const prodUp = await prod.up({ signal });
  const company = await startCompany({
    aws,
    system: SYSTEM,
    recoveryRegion: REGIONS.recovery,
    corpusRoot: join(projectDir, "node_modules"),
    documents,
    ledgerPath: join(runDir, "ledger.jsonl"),
    now,
    random: context.random,
  });
  try {
    await company.workload.load(progress);
    company.workload.write();
    const at = now();
    for (const until of awaits) await until(context, { at, company });
    return { company, prodUp, refs: (await repository?.refs()) ?? {}, protectSeconds: (now().getTime() - at.getTime()) / 1000 };
  } catch (error) {
    await company.stop().catch(() => undefined);
    throw error;
  }
};
