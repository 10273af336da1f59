import type { Protected } from "../../../../ops/drill/scenario";

const unused = (): never => {
  throw new Error("no company is at work in this test");
};

/** What came before a disaster, for findings that only tell how long it took. */
export const protectedCompany = (): Protected => ({
  company: new Proxy({} as Protected["company"], { get: unused }),
  prodUp: {
    changes: { create: 190, same: 0, update: 0, replace: 0, delete: 0 },
    seconds: 30.04,
    outputs: {},
    diagnostics: [],
    steps: [],
  } as unknown as Protected["prodUp"],
  refs: {},
  protectSeconds: 5,
});
