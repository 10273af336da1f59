import type { PointSettings } from "../../lambdas/renew-locks/points";
import { catalogueOf } from "../../lambdas/shared/catalogue";
import type { ListedVersion, ObjectStore } from "../../lambdas/shared/objects";
import { pointKey } from "../../recovery/catalogue/keys";
import type { Series } from "../../recovery/catalogue/series";
import { retentionPolicy } from "../../recovery/retention/policy";
import { CATALOGUE_KEY } from "./authenticity";

const PAGE = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export interface ManyPoints {
  readonly points: number;
  readonly series: Series;
  readonly now: Date;
}

/** A vault with so many entries of one series, an hour apart, that are locked for long. It holds none of them: it makes what it is asked for. */
export const manyPoints = ({ points, series, now }: ManyPoints) => {
  const requests = { lists: 0, heads: 0, reads: 0 };
  const until = new Date(now.getTime() + 80 * DAY_MS);
  const keyAt = (hour: number): string => pointKey(series, new Date(now.getTime() - hour * HOUR_MS).toISOString(), "configuration-x-0000");
  const versionAt = (hour: number): ListedVersion => ({
    ...{ key: keyAt(hour), versionId: "v1", sizeBytes: 1, lastModified: now, isLatest: true, isDeleteMarker: false },
  });
  /** The first entry behind a key; they are in order. */
  const firstBehind = (key: string): number => {
    let [low, high] = [0, points];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (keyAt(middle) > key) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  async function* versions(prefix: string, startAfter = ""): AsyncIterable<readonly ListedVersion[]> {
    const begins = keyAt(0).startsWith(prefix);
    for (let hour = begins ? firstBehind(startAfter) : points; ; hour += PAGE) {
      requests.lists += 1;
      yield Array.from({ length: Math.max(0, Math.min(PAGE, points - hour)) }, (_, index) => versionAt(hour + index));
      if (hour + PAGE >= points) return;
    }
  }
  const refuse = async (): Promise<never> => {
    throw new Error("nobody writes here");
  };
  const vault: ObjectStore = {
    ...{ bucket: "vault", put: refuse, lock: refuse, versions },
    async *list() {
      yield [];
    },
    async get() {
      requests.reads += 1;
      return undefined;
    },
    async head(key) {
      requests.heads += 1;
      return { key, versionId: "v1", sizeBytes: 1, lastModified: now, lock: { mode: "GOVERNANCE", until } };
    },
  };
  const settings: PointSettings = {
    ...{ system: "acme", lockMode: "GOVERNANCE", intervalSeconds: 86_400 },
    policy: retentionPolicy({ backupRetentionDays: 90, documentsRetentionDays: 365 }),
  };
  return { vault, catalogue: catalogueOf(vault, CATALOGUE_KEY), requests, settings };
};
