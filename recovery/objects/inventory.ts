/** How Lifeboat's inventories are named, in every bucket that has one. */
export const INVENTORY_ID = "lifeboat-daily";
/** Where in a reports' bucket they are. */
export const INVENTORY_PREFIX = "inventory";

/** Folder with the reports on a bucket, one a day. https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html */
export const inventoryFolder = (sourceBucket: string): string => `${INVENTORY_PREFIX}/${sourceBucket}/${INVENTORY_ID}/`;

/** The day and minute of a report's manifest, from its key; undefined for everything else that is there. */
export const reportTimeOf = (folder: string, key: string): string | undefined =>
  key.startsWith(folder) ? /^(\d{4}-\d\d-\d\dT\d\d-\d\dZ)\/manifest\.json$/.exec(key.slice(folder.length))?.[1] : undefined;
