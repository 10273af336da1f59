import { PodZones } from "../../../../local/pods/kubelet/zones";

describe("the zones of a cluster's pods", () => {
  test("a pod runs in the first zone that has power, and stays there", () => {
    const zones = new PodZones(["a", "b"]);

    expect([zones.of("one"), zones.of("two")]).toEqual(["a", "a"]);
    zones.lose("a");
    expect([zones.of("one"), zones.of("three")]).toEqual(["b", "b"]);
    zones.resume("a");
    // As in Kubernetes: a pod is not moved back, a new one is placed anew.
    expect([zones.of("one"), zones.of("four")]).toEqual(["b", "a"]);
    zones.forget("one");
    expect(zones.of("one")).toBe("a");
  });

  test("a zone that there is not, and the last one with power, are not lost", () => {
    const zones = new PodZones(["a", "b"]);

    expect(() => zones.lose("c")).toThrow("there is no zone c: there are a, b");
    zones.lose("a");
    expect(() => zones.lose("b")).toThrow("b is the last zone that has power");
    expect(zones.of("one")).toBe("b");
  });
});
