import type { AgeLimits } from "../../lambdas/coverage/protected";
import type { AgeLimit } from "../../recovery/coverage/age";
import { formatSeconds } from "../../recovery/duration";
import type { ProdConfiguration } from "./read";

/** Lags have alarms of their own, which come before their objectives are missed. Here it is asked whether a protection still works at all. */
const SLACK_SECONDS = 3600;

/** How old the newest proof of each protection may be: its tier's RPO, which a deploy has compared with its schedule and lags, and the slack. */
export const ageLimits = ({ postgres, objects, chroma, configuration, lags, tiers }: ProdConfiguration): AgeLimits => {
  const ofTier = (tier: string): AgeLimit => {
    // A tier that is none is refused before anything is deployed.
    const rpoSeconds = tiers[tier]?.rpoSeconds ?? 0;
    return { seconds: rpoSeconds + SLACK_SECONDS, because: `the RPO of tier ${tier}, ${formatSeconds(rpoSeconds)}, and ${SLACK}` };
  };
  const database = ofTier(postgres.tier);
  const backups = lags.automatedBackups + SLACK_SECONDS;
  const current = ofTier(configuration.tier);
  return {
    // The standing replica meets an RPO that backups, of whose lag AWS says 5 to 30 minutes, cannot.
    database:
      backups <= database.seconds
        ? database
        : { seconds: backups, because: `lags.automatedBackups, ${formatSeconds(lags.automatedBackups)}, and ${SLACK}` },
    documents: ofTier(objects.tier),
    chroma: ofTier(chroma.tier),
    configuration: {
      current,
      export: {
        seconds: configuration.refresh + current.seconds,
        because: `configuration.refresh, ${formatSeconds(configuration.refresh)}, ${current.because}`,
      },
    },
  };
};

const SLACK = formatSeconds(SLACK_SECONDS);
