import * as z from "zod";
import { RESOURCE_KINDS } from "./resource";

/** Something that somebody decided not to protect. It has an owner who is asked, and ends, so that the decision is made again. */
export const Exclusion = z.strictObject({
  kind: z.enum(RESOURCE_KINDS).describe("Kind of what is left out"),
  match: z.string().min(1).describe("Its name, or a pattern with `*`; a volume also by `pvc:<namespace>/<claim>`, a secret by its ARN"),
  reason: z.string().min(1).describe("Why it need not be protected"),
  owner: z.string().min(1).describe("Who answers for that"),
  expires: z.iso.date().optional().describe("Last day of the exclusion, such as 2027-06-30; it is uncovered from the next day on"),
});
export type Exclusion = z.infer<typeof Exclusion>;

/** Through the whole of its last day, UTC. */
export const hasEnded = ({ expires }: Pick<Exclusion, "expires">, now: Date): boolean =>
  expires !== undefined && now.getTime() >= Date.parse(`${expires}T00:00:00Z`) + 86_400_000;
