import { readFile } from "node:fs/promises";
import { KMSClient } from "@aws-sdk/client-kms";
import { kmsOpener } from "../../../lambdas/configuration/data-keys";
import { rootCredentials } from "../../../local/emulator";
import { selectPoint } from "../../../recovery/catalogue/select";
import type { Series } from "../../../recovery/catalogue/series";
import type { EvidenceCheck } from "../../../recovery/evidence/evidence";
import { folderAt } from "../../lifeboat/restore-configuration/folder";
import { restoreConfiguration } from "../../lifeboat/restore-configuration/restore";
import type { VaultConnection } from "../../lifeboat/vault";
import type { DrillContext } from "../context";
import { REGIONS, SYSTEM } from "../profile";
import { check } from "../scenario";

export interface ObjectsQuestion {
  readonly series: Series;
  /** Kinds that the namespace is known to hold. */
  readonly kinds: readonly string[];
  readonly folder: string;
}

/** The objects of a namespace that is lost with its cluster, opened by the recovery region's key and written as a file that `kubectl apply` takes. */
export const openedObjects = async (
  { aws }: DrillContext,
  { catalogue, vault }: VaultConnection,
  { series, kinds, folder }: ObjectsQuestion,
): Promise<readonly EvidenceCheck[]> => {
  const name = `${series}: opened from the vault`;
  const { chosen } = await selectPoint(catalogue, SYSTEM, series);
  if (chosen === undefined) return [check("configuration", name, "a usable point", "none", false)];
  const nothing = (): Promise<never> => Promise.reject(new Error("objects are no secrets of Secrets Manager"));
  const kms = new KMSClient({ endpoint: aws.gateway.url, credentials: rootCredentials, region: REGIONS.recovery });
  try {
    const restored = await restoreConfiguration(
      {
        ...{ catalogue, vault, openDataKey: kmsOpener(kms), folder: folderAt(folder), say: () => undefined },
        target: { secret: nothing, parameter: nothing },
      },
      { system: SYSTEM, pointId: chosen.point.pointId },
    );
    const list: { readonly items: readonly { readonly kind: string }[] } = JSON.parse(
      await readFile(restored.things[0]?.what ?? "", "utf8"),
    );
    const found = new Set(list.items.map(({ kind }) => kind));
    const missing = kinds.filter((kind) => !found.has(kind));
    const actual = `${list.items.length} objects${missing.length === 0 ? "" : `, no ${missing.join(", no ")}`}`;
    const { counts } = chosen.point;
    return [
      check("configuration", name, `${counts.written} objects`, actual, missing.length === 0 && list.items.length === counts.written),
    ];
  } finally {
    kms.destroy();
  }
};
