import {
  type CatalogueReader,
  type Judged,
  judge,
  MAX_ENTRIES_READ,
  MAX_FOREIGN_READ,
  selectPoint,
} from "../../../recovery/catalogue/select";
import type { Series } from "../../../recovery/catalogue/series";

export interface Behind {
  /** The newest good point, which a recovery would take. */
  readonly found?: Judged;
  /** Whether every older one was looked at, so that there is none where none was found. */
  readonly isAllRead: boolean;
}

/** Looks behind the newest points, none of which is good, for the last good one, and as far as a recovery would. */
export const lastGoodBehind = async (catalogue: CatalogueReader, system: string, series: Series, newest: number): Promise<Behind> => {
  const most = newest + MAX_ENTRIES_READ;
  const { chosen, passedOver } = await selectPoint(catalogue, system, series, undefined, most);
  if (chosen !== undefined) return { found: await judge(catalogue, system, series, chosen.key), isAllRead: false };
  const foreign = passedOver.filter(({ isForeign }) => isForeign === true).length;
  return { isAllRead: foreign < MAX_FOREIGN_READ && passedOver.length - foreign < most };
};
