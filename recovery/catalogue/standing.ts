import * as z from "zod";

/** What stands in the recovery region, told to `dr` by one SSM parameter. `prod` writes it; nothing in it names the primary region's resources as needed. */
export const Standing = z.object({
  schema: z.literal("lifeboat/standing/1"),
  system: z.string(),
  recoveryRegion: z.string(),
  buckets: z.object({ vault: z.string(), documentsReplica: z.string(), documentsVault: z.string() }),
  keyArn: z.string(),
  functions: z.record(z.string(), z.string()),
  stores: z.array(z.enum(["chroma", "objects"])),
  /** What a new Chroma server must offer the functions that fill it: the port that they may leave by, and the addresses that they come from. */
  chroma: z.object({ port: z.int().min(1).max(65_535), clientCidr: z.string() }),
  topicArn: z.string(),
});
export type Standing = z.infer<typeof Standing>;

/** The endpoints that applications use now. */
export const LiveEndpoints = z.object({
  schema: z.literal("lifeboat/live/1"),
  system: z.string(),
  region: z.string(),
  /** The recovery that these endpoints came from; absent while the primary region serves. */
  recoveryId: z.string().optional(),
  documentsBucket: z.string(),
  chromaUrl: z.string(),
});
export type LiveEndpoints = z.infer<typeof LiveEndpoints>;
