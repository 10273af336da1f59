/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html */
export type EventCategory =
  | "availability"
  | "backup"
  | "configuration change"
  | "creation"
  | "deletion"
  | "failover"
  | "failure"
  | "notification"
  | "read replica"
  | "recovery"
  | "restoration";

export interface RdsEvent {
  readonly sourceType: "db-instance" | "db-snapshot";
  readonly sourceIdentifier: string;
  readonly sourceArn: string;
  readonly category: EventCategory;
  readonly message: string;
  readonly date: Date;
}

/** RDS keeps 14 days of them; here the newest are kept. */
const kept = 1000;

export const record = (events: RdsEvent[], event: RdsEvent): void => {
  events.push(event);
  if (events.length > kept) events.splice(0, events.length - kept);
};
