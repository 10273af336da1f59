import * as z from "zod";

/** How many failing items a check names: a point has thousands of parts, a proof is read by a person. */
export const NAMED_FAILURES = 10;

export const FindingsState = z.object({ count: z.int().nonnegative(), named: z.array(z.string()).max(NAMED_FAILURES) });
export type FindingsState = z.infer<typeof FindingsState>;

/** What was wrong with the items of a check: all of it counted, the first of it named, in constant memory. */
export class Findings {
  private count: number;
  private readonly named: string[];

  constructor({ count, named }: FindingsState = { count: 0, named: [] }) {
    this.count = count;
    this.named = [...named];
  }

  add(problem: string): void {
    this.count += 1;
    if (this.named.length < NAMED_FAILURES) this.named.push(problem);
  }

  /** These, then what was found here. */
  behind(first: readonly string[]): Findings {
    return new Findings({ count: first.length + this.count, named: [...first, ...this.named].slice(0, NAMED_FAILURES) });
  }

  state(): FindingsState {
    return { count: this.count, named: [...this.named] };
  }
}
