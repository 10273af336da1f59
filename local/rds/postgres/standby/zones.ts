import { LifeboatError } from "../../../../recovery/errors";

/** Which availability zones are without power. */
export interface Zones {
  hasPower(region: string, zone: string): boolean;
  lose(region: string, zone: string): void;
  resume(region: string, zone: string): void;
}

export const createZones = (): Zones => {
  const lost = new Set<string>();
  const key = (region: string, zone: string): string => `${region}/${zone}`;
  return {
    hasPower: (region, zone) => !lost.has(key(region, zone)),
    lose: (region, zone) => void lost.add(key(region, zone)),
    resume: (region, zone) => void lost.delete(key(region, zone)),
  };
};

/** @throws LifeboatError that names the zone, when it is lost: nothing is started or restored there. */
export const mustHavePower = (zones: Zones, region: string, zone: string): void => {
  if (zones.hasPower(region, zone)) return;
  throw new LifeboatError({
    code: "store-unavailable",
    what: "No database runs in an availability zone without power",
    received: `${zone} in ${region}`,
    hint: "Name another zone, or wait until this one is back",
  });
};

/** @throws LifeboatError when a standby would be lost together with its primary. */
export const mustBeApart = (zone: string, standbyZone: string | undefined): void => {
  if (standbyZone === undefined || standbyZone !== zone) return;
  throw new LifeboatError({
    code: "configuration",
    what: "A standby runs in another availability zone than its primary",
    received: `${standbyZone} for both`,
    hint: "Name another zone of the region for the standby",
  });
};
