import { unsupported, validationError } from "../errors";

export type Operator = "+" | "-" | "*" | "/" | "^" | "==" | "!=" | "<" | ">" | "<=" | ">=" | "AND" | "OR";

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "reference"; readonly id: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "negation"; readonly of: Expression }
  | { readonly kind: "binary"; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "call"; readonly name: FunctionName; readonly arguments: readonly Expression[] }
  | { readonly kind: "word"; readonly word: string };

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html: the functions that are used here; the others are refused by name. */
const functionNames = ["ABS", "AVG", "CEIL", "FILL", "FLOOR", "IF", "MAX", "MIN", "SUM"] as const;
export type FunctionName = (typeof functionNames)[number];
const isFunction = (name: string): name is FunctionName => functionNames.some((each) => each === name);

const tokenPattern = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(==|!=|<=|>=|&&|\|\||[-+*/^<>()[\],]))/y;

const tokensOf = (text: string): string[] => {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  while (text.slice(tokenPattern.lastIndex).trim() !== "") {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(text);
    if (match === null) throw validationError(`The expression "${text}" cannot be read from "${text.slice(at).trim()}" on`);
    tokens.push(match[1] ?? match[2] ?? match[3] ?? "");
  }
  return tokens;
};

/** Weakest first; each level binds to the left. */
const levels: readonly (readonly [token: string, operator: Operator][])[] = [
  [
    ["||", "OR"],
    ["OR", "OR"],
  ],
  [
    ["&&", "AND"],
    ["AND", "AND"],
  ],
  [
    ["==", "=="],
    ["!=", "!="],
    ["<=", "<="],
    [">=", ">="],
    ["<", "<"],
    [">", ">"],
  ],
  [
    ["+", "+"],
    ["-", "-"],
  ],
  [
    ["*", "*"],
    ["/", "/"],
  ],
  [["^", "^"]],
];

export const parseExpression = (text: string): Expression => {
  const tokens = tokensOf(text);
  let at = 0;
  const fail = (): never => {
    throw validationError(`The expression "${text}" is wrong at ${tokens[at] === undefined ? "its end" : `"${tokens[at]}"`}`);
  };
  const expect = (token: string): void => {
    if (tokens[at] !== token) fail();
    at += 1;
  };
  const list = (end: string): Expression[] => {
    const items: Expression[] = [];
    while (tokens[at] !== end) {
      if (items.length > 0) expect(",");
      items.push(binary(0));
    }
    expect(end);
    return items;
  };
  const named = (word: string): Expression => {
    if (tokens[at] === "(") {
      if (!isFunction(word)) throw unsupported(`The metric math function ${word} in "${text}"`);
      at += 1;
      return { kind: "call", name: word, arguments: list(")") };
    }
    // Identifiers begin with a lower-case letter; FILL's REPEAT and LINEAR do not.
    return /^[a-z]/.test(word) ? { kind: "reference", id: word } : { kind: "word", word };
  };
  const primary = (): Expression => {
    const token = tokens[at] ?? fail();
    at += 1;
    if (/^\d/.test(token)) return { kind: "number", value: Number(token) };
    if (/^[A-Za-z_]/.test(token)) return named(token);
    if (token === "-") return { kind: "negation", of: primary() };
    if (token === "[") return { kind: "list", items: list("]") };
    if (token === "(") {
      const inner = binary(0);
      expect(")");
      return inner;
    }
    at -= 1;
    return fail();
  };
  const binary = (level: number): Expression => {
    const operators = levels[level];
    if (operators === undefined) return primary();
    let left = binary(level + 1);
    for (;;) {
      const operator = operators.find(([token]) => token === tokens[at])?.[1];
      if (operator === undefined) return left;
      at += 1;
      left = { kind: "binary", operator, left, right: binary(level + 1) };
    }
  };
  const parsed = binary(0);
  return at === tokens.length ? parsed : fail();
};
