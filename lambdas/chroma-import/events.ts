import * as z from "zod";
import { RecoveryId } from "../../recovery/catalogue/plan";
import { RecoveryResult } from "../../recovery/catalogue/result";
import { Url } from "../shared/environment";

/** `dr` calls it with the server that it made for this recovery. */
export const ChromaImportEvent = z.object({ recoveryId: RecoveryId, chromaUrl: Url });
export type ChromaImportEvent = z.infer<typeof ChromaImportEvent>;

/** Also what is kept in the catalogue as the recovery's result for the store. */
export const ChromaImportResponse = RecoveryResult;
export type ChromaImportResponse = RecoveryResult;
