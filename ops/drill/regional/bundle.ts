import { join } from "node:path";
import { run } from "../../../local/process";
import { selectPoint } from "../../../recovery/catalogue/select";
import type { Series } from "../../../recovery/catalogue/series";
import { LifeboatError } from "../../../recovery/errors";
import type { EvidenceCheck } from "../../../recovery/evidence/evidence";
import { folderAt } from "../../lifeboat/restore-configuration/folder";
import { restoreConfiguration } from "../../lifeboat/restore-configuration/restore";
import type { VaultConnection } from "../../lifeboat/vault";
import { SYSTEM } from "../profile";
import { check } from "../scenario";

export interface BundleQuestion {
  readonly series: Series;
  /** Every ref below `refs/` that the clone must have, by name. */
  readonly refs: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** A repository of the newest bundle in the vault, by the operator's own command, compared with the company's ref by ref. */
export const clonedBundle = async (
  { catalogue, vault }: VaultConnection,
  { series, refs, folder }: BundleQuestion,
): Promise<readonly EvidenceCheck[]> => {
  const { chosen } = await selectPoint(catalogue, SYSTEM, series);
  if (chosen === undefined) return [check("configuration", `${series}: cloned from the vault`, "a usable point", "none", false)];
  const nothing = (): Promise<never> => Promise.reject(new Error("a bundle holds no secrets"));
  const restored = await restoreConfiguration(
    {
      catalogue,
      vault,
      openDataKey: nothing,
      target: { secret: nothing, parameter: nothing },
      folder: folderAt(folder),
      say: () => undefined,
    },
    { system: SYSTEM, pointId: chosen.point.pointId },
  );
  const clone = join(folder, "clone.git");
  await git(["clone", "--quiet", "--mirror", restored.things[0]?.what ?? "", clone]);
  const listed = await git(["-C", clone, "for-each-ref", "--format=%(objectname) %(refname)"]);
  const wanted = Object.entries(refs).map(([name, oid]) => `${oid} ${name}`);
  const found = new Set(listed.split("\n").filter((line) => line !== ""));
  const missing = wanted.filter((line) => !found.has(line));
  const same = missing.length === 0 && found.size === wanted.length && wanted.length > 0;
  const actual = same ? `${wanted.length} refs` : `${found.size} refs${missing.length === 0 ? "" : `, without ${missing.join(", ")}`}`;
  return [check("configuration", `${series}: cloned from the vault`, `${wanted.length} refs`, actual, same)];
};

const git = async (args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await run({ command: "git", args });
  if (code === 0) return stdout;
  throw new LifeboatError({
    code: "point-refused",
    what: "git did not take the bundle that was restored from the vault",
    received: `git ${args.join(" ")}: ${stderr.trim()}`,
    allowed: "a bundle that clones with every ref",
    hint: "Look at the bundle in the run's from-the-vault folder: git bundle verify FILE",
  });
};
