import { rm } from "node:fs/promises";
import type { AdminAccess } from "../admin";
import type { EngineContext } from "../context";
import { launch } from "../launch";
import type { ServerParameters } from "../parameters";
import type { Postmaster } from "../postmaster";
import { copySource } from "../replica/copy";
import { writePasswordFile } from "../replica/settings";
import { ensureSlot } from "../replica/slots";
import { STANDBY, standbySettings } from "./settings";
import { dropSlot } from "./streaming";
import { mustHavePower } from "./zones";

export interface StandbyRequest {
  readonly region: string;
  readonly resourceId: string;
  readonly zone: string;
  /** What it holds is overwritten. */
  readonly dataDirectory: string;
  readonly source: AdminAccess;
  readonly parameters: ServerParameters;
  readonly signal: AbortSignal;
}

/**
 * A second server on a copy of its running primary, which follows it and lets nobody in. Always a new copy: what a standby that died or a primary that lost its
 * place left on the disk may have gone another way. A failure leaves nothing.
 */
export const makeStandby = async (context: EngineContext, request: StandbyRequest): Promise<Postmaster> => {
  const { region, resourceId, zone, dataDirectory, source, parameters, signal } = request;
  const { zones } = context;
  const check = (): void => mustHavePower(zones, region, zone);
  check();
  try {
    await rm(dataDirectory, { recursive: true, force: true });
    await dropSlot(source);
    await ensureSlot(source, STANDBY);
    await copySource(context, source, dataDirectory, signal);
    check();
    const passwordFile = await writePasswordFile(context);
    const { postmaster } = await launch(context, {
      resourceId: `${resourceId}-standby`,
      dataDirectory,
      standsBy: true,
      signal,
      configuration: {
        parameters,
        archiveCommand: "true",
        multiAz: standbySettings(parameters.settings, context, { port: source.port, passwordFile }),
      },
    });
    if (!zones.hasPower(region, zone)) await postmaster.kill();
    check();
    return postmaster;
  } catch (thrown) {
    await rm(dataDirectory, { recursive: true, force: true });
    // Kept, it would hold back WAL until there is too much of it. Where the primary is gone, so is the slot.
    await dropSlot(source).catch(() => undefined);
    throw thrown;
  }
};
