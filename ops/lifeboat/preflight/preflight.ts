import * as z from "zod";
import type { Standing } from "../../../recovery/catalogue/standing";
import { messageOf } from "../../../recovery/errors";
import type { Settings } from "../settings";
import { needsOf } from "./needs";
import { QUOTAS, type Quota, type QuotaName } from "./quotas";
import { type Answer, judge, judgeOffers, type Line, type Offer } from "./verdict";

export interface ProtectedDatabase {
  readonly engineVersion: string;
  readonly allocatedGib: number;
}

export interface Subnets {
  readonly count: number;
  readonly zones: readonly string[];
}

/** The recovery region as a recovery would find it. Every one of these may fail, which makes an answer unknown and nothing else. */
export interface RecoveryRegion {
  standing(): Promise<Standing>;
  limit(quota: Quota): Promise<number>;
  used(quota: QuotaName): Promise<number>;
  protectedDatabase(instance: string): Promise<ProtectedDatabase>;
  subnets(groupName: string): Promise<Subnets>;
  offers(instanceClass: string, engineVersion: string): Promise<readonly Offer[]>;
}

export interface PreflightReport {
  readonly system: string;
  readonly region: string;
  readonly lines: readonly Line[];
}

const answerOf = async <T>(asked: Promise<T>): Promise<Answer<T>> => {
  try {
    return { value: await asked };
  } catch (error) {
    return { unknown: reasonOf(error) };
  }
};

const Answered = z.looseObject({ message: z.literal("UnknownError"), $metadata: z.looseObject({ httpStatusCode: z.number() }) });

/** One line. A service that is not there at all answers without a reason that the SDK could read. */
const reasonOf = (error: unknown): string => {
  const status = Answered.safeParse(error).data?.$metadata.httpStatusCode;
  const [first = ""] = messageOf(error).split("\n");
  return status === undefined ? first : `the service does not answer as AWS's does (HTTP ${status})`;
};

const mapped = <T, U>(answer: Answer<T>, map: (value: T) => U): Answer<U> => ("value" in answer ? { value: map(answer.value) } : answer);
const known = <T>(answer: Answer<T>): T | undefined => ("value" in answer ? answer.value : undefined);

/** Compares what a recovery takes with what is free. @throws LifeboatError when nothing stands in the recovery region. */
export const preflight = async (region: RecoveryRegion, settings: Settings): Promise<PreflightReport> => {
  const standing = await region.standing();
  const { postgres } = standing;
  const noDatabase: Answer<never> = { unknown: "no database is protected" };
  const [database, subnets] =
    postgres === undefined
      ? [noDatabase, noDatabase]
      : await Promise.all([answerOf(region.protectedDatabase(postgres.instance)), answerOf(region.subnets(postgres.subnetGroupName))]);
  const needs = needsOf({ standing, settings, databaseGib: known(database)?.allocatedGib, subnets: known(subnets)?.count });
  const lines = needs.map(async (need) => {
    const [used, limit] = await Promise.all([answerOf(region.used(need.quota)), answerOf(region.limit(QUOTAS[need.quota]))]);
    return judge(need, used, limit);
  });
  return {
    system: settings.system,
    region: settings.regions.recovery,
    lines: [...(postgres === undefined ? [] : [await orderable(region, postgres, database, subnets)]), ...(await Promise.all(lines))],
  };
};

const orderable = async (
  region: RecoveryRegion,
  { instanceClass, multiAz }: NonNullable<Standing["postgres"]>,
  database: Answer<ProtectedDatabase>,
  subnets: Answer<Subnets>,
): Promise<Line> => {
  const engineVersion = mapped(database, (found) => found.engineVersion);
  const offers = "value" in engineVersion ? await answerOf(region.offers(instanceClass, engineVersion.value)) : engineVersion;
  return judgeOffers({ instanceClass, multiAz, engineVersion, zones: mapped(subnets, (found) => found.zones) }, offers);
};

/** Whether a recovery would meet a limit that is known. */
export const fits = ({ lines }: PreflightReport): boolean => lines.every(({ verdict }) => verdict !== "short");
