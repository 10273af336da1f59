import { crc32 } from "node:zlib";

/** A zip archive of one stored file, as CreateFunction takes it: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export const zipOf = (name: string, content: string): Buffer => {
  const [file, data] = [Buffer.from(name), Buffer.from(content)];
  const sizes = Buffer.alloc(16);
  sizes.writeUInt32LE(crc32(data), 0);
  sizes.writeUInt32LE(data.length, 4);
  sizes.writeUInt32LE(data.length, 8);
  sizes.writeUInt16LE(file.length, 12);
  const local = Buffer.concat([Buffer.from("504b0304140000000000000021000000".slice(0, 28), "hex"), sizes, file, data]);
  const attributes = Buffer.alloc(16);
  attributes.writeUInt32LE(0o100644 * 0x10000, 8);
  const central = Buffer.concat([Buffer.from("504b0102140314000000000000002100", "hex"), sizes, attributes.subarray(2), file]);
  const end = Buffer.alloc(22);
  end.write("504b0506", 0, "hex");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
};
