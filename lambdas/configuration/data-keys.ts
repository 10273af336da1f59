import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from "@aws-sdk/client-kms";
import type { Envelope } from "../../recovery/configuration/manifest";
import { LifeboatError } from "../../recovery/errors";

/** A key that seals one export's records, and what opens it again. */
export interface DataKey {
  readonly plaintext: Uint8Array;
  readonly envelope: Envelope;
}

/** Makes a data key that opens with exactly this context. */
export type MakeDataKey = (context: Readonly<Record<string, string>>) => Promise<DataKey>;
/** The data key of an envelope. Throws what KMS refuses. */
export type OpenDataKey = (envelope: Envelope) => Promise<Uint8Array>;

/** What a data key is bound to: it opens for this system and this point alone. */
export const envelopeContext = (system: string, pointId: string): Readonly<Record<string, string>> => ({
  LifeboatSystem: system,
  LifeboatPoint: pointId,
});

/** KMS in the client's region. @param keyId of the key there: its ARN */
export const kmsDataKeys =
  (client: KMSClient, keyId: string): MakeDataKey =>
  async (context) => {
    const { Plaintext, CiphertextBlob, KeyId } = await client.send(
      new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: "AES_256", EncryptionContext: { ...context } }),
    );
    if (Plaintext === undefined || CiphertextBlob === undefined || KeyId === undefined)
      throw new LifeboatError({
        code: "store-unavailable",
        what: "KMS made no data key",
        received: keyId,
        hint: "Look at the key in the recovery region: it may be disabled",
      });
    const encryptedDataKey = Buffer.from(CiphertextBlob).toString("base64");
    return { plaintext: Plaintext, envelope: { algorithm: "AES-256-GCM", keyArn: KeyId, encryptedDataKey, context: { ...context } } };
  };

/** KMS in the client's region, which must be the key's. */
export const kmsOpener =
  (client: KMSClient): OpenDataKey =>
  async ({ keyArn, encryptedDataKey, context }) => {
    const { Plaintext } = await client.send(
      new DecryptCommand({ KeyId: keyArn, CiphertextBlob: Buffer.from(encryptedDataKey, "base64"), EncryptionContext: { ...context } }),
    );
    return Plaintext ?? new Uint8Array();
  };
