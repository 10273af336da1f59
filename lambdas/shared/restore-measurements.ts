import type { CatalogueReader } from "../../recovery/catalogue/select";
import { speaksFor } from "../../recovery/estimates/measured-restore";
import { MEASUREMENTS_PREFIX, RestoreMeasurement } from "../../recovery/estimates/measurement";
import { readJson } from "./json";

/** One is written for a recovery. Of more that are too small to speak for the store, older ones are not looked at. */
const MAX_MEASUREMENTS_READ = 20;

/** The newest measurement that speaks for a restore of so many records. Reads twenty objects at most, however many there are. */
export const newestMeasurement = async (
  catalogue: CatalogueReader,
  system: string,
  records: number,
): Promise<RestoreMeasurement | undefined> => {
  let read = 0;
  for await (const key of catalogue.keys(MEASUREMENTS_PREFIX)) {
    if (read >= MAX_MEASUREMENTS_READ) return undefined;
    read += 1;
    const found = await firstWritten(catalogue, key);
    if (found?.system === system && speaksFor(found.measured, records)) return found;
  }
  return undefined;
};

/** It is written once: what was put over it later, or a delete marker, changes nothing. */
const firstWritten = async (catalogue: CatalogueReader, key: string): Promise<RestoreMeasurement | undefined> => {
  for await (const version of catalogue.versions(key)) if (version.key === key) return readJson(RestoreMeasurement, version.text).value;
  return undefined;
};
