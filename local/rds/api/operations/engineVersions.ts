import type { DBEngineVersion } from "@aws-sdk/client-rds";
import { z } from "zod";
import type { Operation } from "../context";
import { filtered, filters, only, page, paging, parseInput } from "../inputs";

const describeInput = z.strictObject({
  ...paging,
  Engine: z.string().optional(),
  EngineVersion: z.string().optional(),
  DBParameterGroupFamily: z.string().optional(),
  DefaultOnly: z.boolean().default(false),
  IncludeAll: z.boolean().optional(),
  ListSupportedCharacterSets: only(false),
  ListSupportedTimezones: only(false),
  Filters: filters,
});

/** One version: the binaries that run. */
export const describeDBEngineVersions: Operation = (raw, { software }) => {
  const input = parseInput("DescribeDBEngineVersions", describeInput, raw);
  const major = software.version.split(".")[0];
  const described: DBEngineVersion = {
    Engine: "postgres",
    EngineVersion: software.version,
    MajorEngineVersion: major,
    DBParameterGroupFamily: software.family,
    DBEngineDescription: "PostgreSQL",
    DBEngineVersionDescription: `PostgreSQL ${software.version}`,
    Status: "available",
    ValidUpgradeTarget: [],
    SupportsReadReplica: false,
    SupportsLogExportsToCloudwatchLogs: false,
    SupportsParallelQuery: false,
    SupportsGlobalDatabases: false,
    SupportedCACertificateIdentifiers: ["rds-ca-rsa2048-g1"],
  };
  const found = [described]
    .filter(() => input.Engine === undefined || input.Engine === "postgres")
    .filter(() => input.EngineVersion === undefined || [software.version, major].includes(input.EngineVersion))
    .filter(() => input.DBParameterGroupFamily === undefined || input.DBParameterGroupFamily === software.family);
  const kept = filtered(found, input.Filters, {
    engine: () => ["postgres"],
    "engine-version": () => [software.version],
    "db-parameter-group-family": () => [software.family],
    status: () => ["available"],
  });
  const { items, next } = page(kept, input);
  return { DBEngineVersions: items, Marker: next };
};
