import { LifeboatError } from "../../../recovery/errors";
import type { InputRule, Properties, ResourceHandler } from "../protocol/resource";
import { compact, flag, number, requiredNumber, text } from "../protocol/values";
import { pick, type RandomBytes, shuffled } from "./draw";

/** RandomPassword and RandomString. https://www.pulumi.com/registry/packages/random/api-docs/randompassword/ */

const on = { default: true };
const none = { default: 0 };

const inputs: { readonly [name: string]: InputRule } = {
  length: { required: true },
  keepers: {},
  lower: on,
  upper: on,
  numeric: on,
  special: on,
  minLower: none,
  minUpper: none,
  minNumeric: none,
  minSpecial: none,
  overrideSpecial: {},
};

interface Alphabet {
  readonly characters: string;
  readonly atLeast: number;
}

function alphabets(from: Properties): readonly Alphabet[] {
  const alphabet = (wanted: string, minimum: string, characters: string): Alphabet[] =>
    flag(from, wanted) ? [{ characters, atLeast: number(from, minimum) ?? 0 }] : [];
  return [
    ...alphabet("lower", "minLower", "abcdefghijklmnopqrstuvwxyz"),
    ...alphabet("upper", "minUpper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ...alphabet("numeric", "minNumeric", "0123456789"),
    ...alphabet("special", "minSpecial", text(from, "overrideSpecial") || "!@#$%&*()-_=+[]{}<>:?"),
  ];
}

function generate(random: RandomBytes, from: Properties): string {
  const sources = alphabets(from);
  const all = sources.map(({ characters }) => characters).join("");
  const demanded = sources.flatMap(({ characters, atLeast }) => Array.from({ length: atLeast }, () => pick(random, characters)));
  const rest = Array.from({ length: requiredNumber(from, "length") - demanded.length }, () => pick(random, all));
  return shuffled(random, [...demanded, ...rest]).join("");
}

function check(from: Properties): { readonly property: string; readonly reason: string }[] {
  const length = number(from, "length");
  if (length === undefined) return [];
  const sources = alphabets(from);
  const demanded = sources.reduce((sum, { atLeast }) => sum + atLeast, 0);
  if (length < 1) return [{ property: "length", reason: `length must be at least 1, not ${length}` }];
  if (sources.length === 0) return [{ property: "length", reason: "no kind of characters is left to make it of" }];
  if (length < demanded) return [{ property: "length", reason: `length ${length} is less than the minimums together, ${demanded}` }];
  return [];
}

const withoutState = (type: string): LifeboatError =>
  new LifeboatError({
    code: "unsupported",
    what: `${type} cannot be imported: its value exists in a state only`,
    hint: "Create it with the program, or pass the existing value as a secret of the configuration",
  });

const stored = Object.keys(inputs);

export function randomText(type: string, options: { readonly secret: boolean }, random: RandomBytes): ResourceHandler<undefined> {
  return {
    type,
    inputs,
    computed: ["result"],
    secretOutputs: options.secret ? ["result"] : [],
    check,
    async create(_, given) {
      const result = generate(random, given);
      // A password's id stands open in the state.
      return { id: options.secret ? "none" : result, outputs: { ...given, result } };
    },
    async read(_, _id, state) {
      if (state.result === undefined) throw withoutState(type);
      return { inputs: compact(Object.fromEntries(stored.map((name) => [name, state[name]]))), outputs: state };
    },
    async delete() {},
  };
}
