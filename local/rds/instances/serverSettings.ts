import type { Context } from "../api/context";
import type { DatabaseSettings } from "../engine";
import { archivingOf } from "./backups";
import type { Instance } from "./records";
import { standbyZoneOf } from "./zones";

/** What every new server of an instance is started with. */
export const serverSettings = (instance: Instance, context: Context): DatabaseSettings => {
  const { region, resourceId, parameters, settings } = instance;
  return {
    region,
    resourceId,
    zone: settings.availabilityZone,
    standbyZone: standbyOf(instance, context),
    parameters,
    port: settings.port,
    archiving: archivingOf(settings.backupRetentionDays, context),
  };
};

/** The zone of an instance's standby; undefined for Single-AZ. @throws RdsError where no other zone can have one. */
export const standbyOf = ({ settings }: Pick<Instance, "settings">, { region }: Context): string | undefined => {
  const group = region.subnetGroups.get(settings.subnetGroup);
  return settings.multiAz && group !== undefined ? standbyZoneOf(group, settings.availabilityZone, region) : undefined;
};
