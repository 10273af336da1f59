import {
  specialArchiveSig,
  specialAssetSig,
  specialOutputValueSig,
  specialResourceSig,
  specialSecretSig,
  specialSigKey,
  unknownValue,
} from "@pulumi/pulumi/runtime";
import fc from "fast-check";
import { open, openObject, seal, signatureKey, signatures, unknown, type WireObject } from "../../../../../local/plugins/protocol/wire";

test("signatures are the SDK's own", () => {
  expect(signatureKey).toBe(specialSigKey);
  expect(unknown).toBe(unknownValue);
  expect(signatures).toEqual({
    asset: specialAssetSig,
    archive: specialArchiveSig,
    secret: specialSecretSig,
    resource: specialResourceSig,
    output: specialOutputValueSig,
  });
});

const wrapped = (signature: string, fields: WireObject): WireObject => ({ [signatureKey]: signature, ...fields });

test("secrets, outputs and references are opened at any depth, nulls are dropped", () => {
  const { values, secrets } = openObject({
    plain: [1, null, { a: null, b: true }],
    deep: { list: [{ password: wrapped(signatures.secret, { value: "tide" }) }] },
    output: wrapped(signatures.output, { value: "known", secret: true }),
    later: wrapped(signatures.output, {}),
    role: wrapped(signatures.resource, { urn: "urn:pulumi:...", id: "role-1" }),
    roleOfTomorrow: wrapped(signatures.resource, { urn: "urn:pulumi:...", id: "" }),
    absent: null,
  });
  expect(values).toEqual({
    plain: [1, null, { b: true }],
    deep: { list: [{ password: "tide" }] },
    output: "known",
    later: unknown,
    role: "role-1",
    roleOfTomorrow: unknown,
  });
  expect([...secrets].sort()).toEqual(["deep", "output"]);
});

test("what is sealed opens to the same values and the same secrets", () => {
  const json = fc.letrec<{ value: WireObject[string] }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string(),
      fc.boolean(),
      fc.integer(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie("value"), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  const properties = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), json.value, { maxKeys: 5, noNullPrototype: true });
  fc.assert(
    fc.property(properties, fc.infiniteStream(fc.boolean()), (values, chosen) => {
      const secrets = new Set(Object.keys(values).filter(() => chosen.next().value));
      const opened = open(seal(values, secrets));
      expect(opened.values).toEqual(values);
      expect(opened.secrets).toEqual(secrets);
    }),
  );
});
