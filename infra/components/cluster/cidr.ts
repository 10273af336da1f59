/** An IPv4 block: its first address as a number, and how many of the 32 bits name the network. */
export interface Cidr {
  readonly address: number;
  readonly prefix: number;
}

const ADDRESS_BITS = 32;
const FORM = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

const sizeOf = ({ prefix }: Cidr): number => 2 ** (ADDRESS_BITS - prefix);

/** The block that a text such as 10.1.0.0/16 names; undefined when it names none, or an address inside of one. */
export const parseCidr = (text: string): Cidr | undefined => {
  const numbers = FORM.exec(text)?.slice(1).map(Number);
  if (numbers === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = numbers;
  if (Math.max(a, b, c, d) > 255 || prefix > ADDRESS_BITS) return undefined;
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return address % sizeOf({ address, prefix }) === 0 ? { address, prefix } : undefined;
};

export const formatCidr = ({ address, prefix }: Cidr): string =>
  `${[24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".")}/${prefix}`;

/** Whether two blocks share an address. Networks that do cannot be connected, and a range that lets one in lets the other in. */
export const overlaps = (left: Cidr, right: Cidr): boolean =>
  left.address < right.address + sizeOf(right) && right.address < left.address + sizeOf(left);

/** A block's equal parts of a longer prefix, in the order of their addresses. */
export const divide = (whole: Cidr, prefix: number): readonly Cidr[] => {
  const part = sizeOf({ address: 0, prefix });
  return Array.from({ length: sizeOf(whole) / part }, (_, index) => ({ address: whole.address + index * part, prefix }));
};
