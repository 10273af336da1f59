import * as z from "zod";
import { PROOFS_PREFIX, timeMsOfName } from "../../recovery/catalogue/keys";
import { Proof } from "../../recovery/catalogue/point";
import { type Subject, seriesOfSubject } from "../../recovery/configuration/subjects";
import { readJson } from "../shared/json";
import type { ObjectStore } from "../shared/objects";

/** The newest point of a subject that was sealed and read back. */
export interface ProvenPoint {
  readonly pointId: string;
  /** What changed at the source before this time is in it. */
  readonly asOf: Date;
}

/** The vault as an exporter sees it: what proves its points, and nothing else. */
export type Proofs = Pick<ObjectStore, "list" | "get">;

/** Points whose proofs are read: with more failed ones before the newest good one nothing is known to be in the vault, which pages. */
const LOOKED_AT = 10;

// What the proof's code says is not asked: an exporter may not use the catalogue's key. Whoever forges a proof keeps a lag quiet, and alarms as a forger.
const StoredProof = z.object({ signed: Proof });

/** The newest of a subject's points that the vault's catalogue has proven, by one list and, where that one passed, one read. Throws when it cannot be read. */
export const newestProven = async (vault: Proofs, system: string, subject: Subject): Promise<ProvenPoint | undefined> => {
  let looked = 0;
  for await (const { pointId, asOf, key } of verdicts(vault, `${PROOFS_PREFIX}${seriesOfSubject(subject)}/`)) {
    if (looked === LOOKED_AT) return undefined;
    looked += 1;
    const bytes = (await vault.get(key))?.bytes ?? new Uint8Array();
    const { value } = readJson(StoredProof, Buffer.from(bytes).toString("utf8"));
    const proof = value?.signed;
    if (proof?.passed === true && proof.system === system && proof.pointId === pointId) return { pointId, asOf };
  }
  return undefined;
};

interface Verdict extends ProvenPoint {
  readonly name: string;
  /** Of the newest proof: the later ones stand behind the first, newest first. */
  readonly key: string;
  readonly isFirst: boolean;
}

/** The newest word on each point, newest point first, read only as far as the reader goes on. */
async function* verdicts(vault: Proofs, prefix: string): AsyncGenerator<Verdict> {
  let current: Verdict | undefined;
  for await (const page of vault.list(prefix))
    for (const { key } of page) {
      const found = verdictOf(key, prefix);
      if (found === undefined) continue;
      if (current?.name !== found.name) {
        if (current !== undefined) yield current;
        current = found;
      } else if (current.isFirst) current = found;
    }
  if (current !== undefined) yield current;
}

const verdictOf = (key: string, prefix: string): Verdict | undefined => {
  const [, name, pointId, rest] = /^(\d{13}-(configuration-[^/.]+))(\.json|\/\d{13}\.json)$/.exec(key.slice(prefix.length)) ?? [];
  const asOfMs = timeMsOfName(name ?? "");
  if (name === undefined || pointId === undefined || asOfMs === undefined) return undefined;
  return { name, pointId, asOf: new Date(asOfMs), key, isFirst: rest === ".json" };
};
