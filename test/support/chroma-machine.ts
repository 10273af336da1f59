import * as z from "zod";
import type { ExportStep } from "../../lambdas/chroma-export/events";
import { runStep } from "../../lambdas/chroma-export/steps";

const Planned = z.object({ pointId: z.string(), pieces: z.array(z.number()) });

type Tools = Parameters<typeof runStep>[0];

/** What the state machine does: the steps in order, each called again when it fails. `onFailure` sees every failure. */
export const driveExport = async (
  tools: Tools,
  {
    run,
    startedAt,
    attempts = 6,
    onFailure = () => {},
  }: { run: string; startedAt: string; attempts?: number; onFailure?: (error: unknown) => void | Promise<void> },
) => {
  const call = async (event: ExportStep): Promise<unknown> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await runStep(tools, event);
      } catch (error) {
        await onFailure(error);
        if (attempt === attempts) throw error;
      }
    }
  };
  const { pointId, pieces } = Planned.parse(await call({ step: "plan", run, startedAt }));
  for (const piece of pieces) await call({ step: "piece", pointId, piece });
  await call({ step: "finish", pointId });
  return pointId;
};
