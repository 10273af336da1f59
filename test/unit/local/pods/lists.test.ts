import { CONFIG_MAP } from "../../../../local/pods/api/kinds";
import { Lists } from "../../../../local/pods/api/lists";
import { Store } from "../../../../local/pods/api/store";
import { systemClock } from "../../../../local/pods/clock";

const given = () => {
  const store = new Store(systemClock);
  const make = (name: string) => store.create(CONFIG_MAP, { metadata: { name, namespace: "shop" } });
  const lists = new Lists(store);
  const page = (query: Readonly<Record<string, string>>) => {
    const { items, metadata } = lists.page(CONFIG_MAP, "shop", new URLSearchParams(query)) as {
      readonly items: readonly { readonly metadata: { readonly name: string } }[];
      readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number };
    };
    return { names: items.map((item) => item.metadata.name), ...metadata };
  };
  return { make, page };
};

it("comes in pages that show the objects as they were at the first one", () => {
  const { make, page } = given();
  for (const name of ["a", "b", "c"]) make(name);

  const first = page({ limit: "2" });
  make("d");
  const second = page({ limit: "2", continue: first.continue ?? "" });

  expect([first.names, first.remainingItemCount, second.names, second.continue]).toEqual([["a", "b"], 1, ["c"], undefined]);
  expect(page({}).names).toEqual(["a", "b", "c", "d"]);
});

it("says of a place that it forgot that it expired, and of a limit that is none that it is wrong", () => {
  const { make, page } = given();
  for (const name of ["a", "b"]) make(name);
  const { continue: old = "" } = page({ limit: "1" });
  for (let number = 0; number < 60; number += 1) page({ limit: "1" });

  expect(() => page({ limit: "1", continue: old })).toThrow("too old");
  expect(() => page({ limit: "-1" })).toThrow("limit");
});
