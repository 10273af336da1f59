import { pulumiStateSubject, repositorySubject, SECRETS, type Subject, seriesOfSubject } from "../../recovery/configuration/subjects";
import type { Protection } from "../../recovery/coverage/resource";
import { durationText } from "../../recovery/strategy/wording";
import { eachInFlight } from "../shared/in-flight";
import { reasonOf } from "../shared/log";
import type { ListedSecret, SecretReplica } from "./aws/secrets";
import { claim, type ExportSources, exportedSecrets, type Standing, standingExport } from "./exports";
import type { CoverageSettings } from "./protected";

export interface ConfigurationSources extends ExportSources {
  secrets(region: string): Promise<readonly ListedSecret[]>;
  /** What a secret of the primary region says of its copy in the recovery region; undefined when it has none there. */
  replica(secretName: string): Promise<SecretReplica | undefined>;
  /** When a subject was last known to be exported as it is; undefined when nobody has said so within this time. */
  currency(subject: Subject, now: Date, withinSeconds: number): Promise<Date | undefined>;
}

export const ofRepositories = (sources: ConfigurationSources, settings: CoverageSettings): Promise<readonly Protection[]> =>
  Promise.all(
    settings.repositories.map(async (name) =>
      claim("repository", name, "bundles", await standingSubject(sources, settings, repositorySubject(name))),
    ),
  );

export const ofState = (sources: ConfigurationSources, settings: CoverageSettings): Promise<readonly Protection[]> =>
  Promise.all(
    settings.stateBuckets.map(async ({ stack, bucket }) =>
      claim("bucket", bucket, "exports of Pulumi's state", await standingSubject(sources, settings, pulumiStateSubject(stack))),
    ),
  );

export const ofSecrets = async (sources: ConfigurationSources, settings: CoverageSettings): Promise<readonly Protection[]> => {
  const { primaryRegion: region } = settings;
  const [copies, standing] = await Promise.all([ofCopies(sources, settings), standingSubject(sources, settings, SECRETS)]);
  const names = standing.point === undefined ? [] : await exportedSecrets(sources, standing.point);
  return [...copies, ...names.map((match) => ({ ...claim("secret", match, "exports", standing), region }))];
};

/**
 * What did not change is not exported again, so the age of an export says little: whoever exports it tells with every run how long ago the two were known
 * to be the same, and that has to be lately. The export is looked at all the same: it is made once more when it has become old.
 */
const standingSubject = async (sources: ConfigurationSources, { oldest }: CoverageSettings, subject: Subject): Promise<Standing> => {
  const { current, export: oldestExport } = oldest.configuration;
  const standing = await standingExport(sources, seriesOfSubject(subject), oldestExport);
  if (standing.problem !== undefined) return standing;
  const now = sources.now();
  const currentAt = await sources.currency(subject, now, current.seconds);
  const age = currentAt === undefined ? Number.POSITIVE_INFINITY : (now.getTime() - currentAt.getTime()) / 1000;
  if (age <= current.seconds) return standing;
  const since = currentAt === undefined ? `within ${durationText(current.seconds)}` : `since ${durationText(age)} ago`;
  return { ...standing, problem: `stale: nobody has known it to be up to date ${since} (${current.because})` };
};

const AT_ONCE = 8;

/** A copy that is not in step holds what the secret was once. */
const ofCopies = async (
  sources: ConfigurationSources,
  { primaryRegion, recoveryRegion }: CoverageSettings,
): Promise<readonly Protection[]> => {
  const copies = (await sources.secrets(recoveryRegion)).filter((secret) => secret.primaryRegion === primaryRegion);
  const found: Protection[] = [];
  await eachInFlight(copies, AT_ONCE, async ({ name: match }) => {
    const problem = await replicaProblem(sources, match);
    found.push(
      {
        ...{ kind: "secret", match, region: primaryRegion, by: `a replica in ${recoveryRegion}`, as: "protected" },
        ...(problem === undefined ? {} : { problem }),
      },
      { kind: "secret", match, region: recoveryRegion, by: `a replica of the one in ${primaryRegion}`, as: "own" },
    );
  });
  return found;
};

const replicaProblem = async ({ replica }: ConfigurationSources, name: string): Promise<string | undefined> => {
  try {
    const stands = await replica(name);
    if (stands === undefined) return "the secret does not know of it: it is not replicated any more";
    if (stands.status === "InSync") return undefined;
    return `it is not in step: ${stands.status}${stands.message === undefined ? "" : `, ${stands.message}`}`;
  } catch (error) {
    return `that could not be looked at: ${reasonOf(error)}`;
  }
};
