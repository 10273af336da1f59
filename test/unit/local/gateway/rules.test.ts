import fc from "fast-check";
import {
  parseConfiguration,
  type ReplicationConfiguration,
  renderConfiguration,
} from "../../../../local/gateway/replication/configuration";
import { chooseRule, targetsOf } from "../../../../local/gateway/replication/rules";

const parse = (rules: string): ReplicationConfiguration => {
  const parsed = parseConfiguration(`<ReplicationConfiguration><Role>r</Role>${rules}</ReplicationConfiguration>`);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
};
const destination = (name: string): string => `<Destination><Bucket>arn:aws:s3:::${name}</Bucket></Destination>`;
const bucketsOf = (configuration: ReplicationConfiguration, key: string, change: "object" | "delete-marker" = "object") =>
  targetsOf(configuration, key, change).map((target) => target.bucket);

it("sends a key to every destination whose rule takes it", () => {
  const configuration = parse(
    `<Rule><Status>Enabled</Status><Priority>1</Priority><Filter><Prefix>chroma/</Prefix></Filter>${destination("vault")}</Rule>
     <Rule><Status>Enabled</Status><Priority>2</Priority><Filter/>${destination("replica")}</Rule>
     <Rule><Status>Disabled</Status><Priority>3</Priority><Filter/>${destination("nowhere")}</Rule>`,
  );

  expect(bucketsOf(configuration, "chroma/x")).toEqual(["replica", "vault"]);
  expect(bucketsOf(configuration, "catalogue/x")).toEqual(["replica"]);
});

it("replicates markers under the first version's rules, and under the second's where they say so", () => {
  const marker = (status: string) => `<DeleteMarkerReplication><Status>${status}</Status></DeleteMarkerReplication>`;
  const tag = "<Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter>";
  const configuration = parse(
    `<Rule><Status>Enabled</Status><Prefix/>${destination("first-version")}</Rule>
     <Rule><Status>Enabled</Status><Filter/>${marker("Enabled")}${destination("enabled")}</Rule>
     <Rule><Status>Enabled</Status><Filter/>${marker("Disabled")}${destination("disabled")}</Rule>
     <Rule><Status>Enabled</Status>${tag}${marker("Enabled")}${destination("by-tag")}</Rule>`,
  );

  expect(bucketsOf(configuration, "k", "delete-marker")).toEqual(["first-version", "enabled"]);
});

it("chooses by tags and priority, and takes objects under KMS keys only where a rule opts in", () => {
  const kms =
    "<SourceSelectionCriteria><SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects></SourceSelectionCriteria>";
  const tags =
    "<Filter><And><Prefix>p/</Prefix><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value>2</Value></Tag></And></Filter>";
  const configuration = parse(
    `<Rule><ID>tagged</ID><Status>Enabled</Status><Priority>9</Priority>${tags}${kms}${destination("d-1")}</Rule>
     <Rule><ID>all</ID><Status>Enabled</Status><Priority>1</Priority><Filter/>${destination("d-1")}</Rule>`,
  );
  const [target] = targetsOf(configuration, "p/k", "object");
  const chosen = (found: Record<string, string>, encryptedWithKms: boolean) =>
    target === undefined ? undefined : chooseRule(target, { tags: found, encryptedWithKms })?.ID;

  expect(chosen({ a: "1", b: "2" }, true)).toBe("tagged");
  expect(chosen({ a: "1" }, false)).toBe("all");
  expect(chosen({ a: "1" }, true)).toBeUndefined();
});

it.each([
  ["an unknown element", `<Rule><Status>Enabled</Status><Colour/>${destination("d")}</Rule>`, /Colour/],
  ["a status that is none", `<Rule><Status>Maybe</Status>${destination("ddd")}</Rule>`, /Status/],
  ["no destination", "<Rule><Status>Enabled</Status></Rule>", /Destination/],
  ["no rule", "", /Rule/],
])("refuses %s by name", (_, rules, message) => {
  expect(() => parse(rules)).toThrow(message);
});

const rule = fc.record({
  ID: fc.stringMatching(/^[a-z0-9 <&]{1,10}$/).map((text) => `r${text}r`),
  Priority: fc.nat({ max: 100 }),
  Status: fc.constantFrom("Enabled" as const, "Disabled" as const),
  Filter: fc.record({ Prefix: fc.stringMatching(/^[a-c]{0,2}$/) }),
  DeleteMarkerReplication: fc.record({ Status: fc.constantFrom("Enabled" as const, "Disabled" as const) }),
  Destination: fc.record({ Bucket: fc.constantFrom("arn:aws:s3:::one", "arn:aws:s3:::two", "arn:aws:s3:::three") }),
});
const configurations = fc.record({ Role: fc.constant("role"), Rule: fc.array(rule, { minLength: 1, maxLength: 6 }) });

it("reads back the configuration that it renders", () => {
  fc.assert(
    fc.property(configurations, (configuration) => {
      expect(parseConfiguration(renderConfiguration(configuration))).toEqual({ ok: true, value: configuration });
    }),
  );
});

it("finds exactly the destinations of enabled rules that match, each once, the highest priority first", () => {
  fc.assert(
    fc.property(configurations, fc.stringMatching(/^[a-c]{0,4}$/), (configuration, key) => {
      const matching = configuration.Rule.filter((each) => each.Status === "Enabled" && key.startsWith(each.Filter.Prefix));
      const targets = targetsOf(configuration, key, "object");

      expect(targets.map((target) => `arn:aws:s3:::${target.bucket}`).sort()).toEqual(
        [...new Set(matching.map((each) => each.Destination.Bucket))].sort(),
      );
      for (const target of targets) {
        const priorities = target.rules.map((each) => each.Priority ?? 0);
        expect(priorities).toEqual([...priorities].sort((a, b) => b - a));
      }
    }),
  );
});
