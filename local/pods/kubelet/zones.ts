/** Which zone each pod runs in: as if each zone had one node, and the scheduler took the first that has power. */
export class PodZones {
  private readonly lost = new Set<string>();
  private readonly placed = new Map<string, string>();

  constructor(private readonly zones: readonly string[]) {}

  /** The pod's zone, by its uid; a pod that has none yet, or whose zone was lost, is placed. */
  of(uid: string): string {
    const known = this.placed.get(uid);
    if (known !== undefined && !this.lost.has(known)) return known;
    const zone = this.zones.find((each) => !this.lost.has(each)) ?? "";
    this.placed.set(uid, zone);
    return zone;
  }

  forget(uid: string): void {
    this.placed.delete(uid);
  }

  /** @throws Error for a zone that there is not, and for the last one: where nothing can run, nothing is placed. */
  lose(zone: string): void {
    if (!this.zones.includes(zone)) throw new Error(`there is no zone ${zone}: there are ${this.zones.join(", ")}`);
    if (!this.zones.some((each) => each !== zone && !this.lost.has(each))) throw new Error(`${zone} is the last zone that has power`);
    this.lost.add(zone);
  }

  resume(zone: string): void {
    this.lost.delete(zone);
  }
}
