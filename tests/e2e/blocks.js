// A font in which every letter is a block of the same width, so that lines break in the same places on every
// machine, whatever fonts it has. The texts themselves are compared elsewhere.

const EM = 1000;
const ADVANCE = 520;
const ASCENT = 900;
const DESCENT = 250;

const u16 = (...values) => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => bytes.writeUInt16BE(value & 0xffff, at * 2));
  return bytes;
};
const u32 = (...values) => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => bytes.writeUInt32BE(value >>> 0, at * 4));
  return bytes;
};

/** A rectangle, as a simple glyph of four points on the curve. */
function block(left, bottom, right, top) {
  const xs = u16(left, 0, right - left, 0);
  const ys = u16(bottom, top - bottom, 0, bottom - top);
  return Buffer.concat([u16(1, left, bottom, right, top, 3, 0), Buffer.from([1, 1, 1, 1]), xs, ys]);
}

/** The checksum of a table, as its entry in the font requires. */
function checksum(table) {
  let sum = 0;
  for (let at = 0; at < table.length; at += 4) sum = (sum + table.readUInt32BE(at)) >>> 0;
  return sum;
}

const padded = (table) => Buffer.concat([table, Buffer.alloc((4 - (table.length % 4)) % 4)]);

/** The font, as a TrueType file. Its glyphs: none, a space, a block. */
export function blocks() {
  const glyph = padded(block(40, 0, ADVANCE - 40, 520));
  const name = Buffer.from('Blocks', 'utf16le').swap16();
  const names = [1, 2, 3, 4, 6];
  const tables = {
    'OS/2': Buffer.concat([
      u16(4, ADVANCE, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0),
      Buffer.alloc(10), u32(1, 0, 0, 0), Buffer.from('NONE'),
      u16(0x40, 0x20, 0xffff, ASCENT, -DESCENT, 0, ASCENT, DESCENT), u32(1, 0), u16(500, 700, 0, 0x20, 1),
    ]),
    // Everything above a space is a block: format 13, many to one.
    cmap: Buffer.concat([
      u16(0, 1, 3, 10), u32(12), u16(13, 0), u32(16 + 12 * 2, 0, 2, 0x20, 0x20, 1, 0x21, 0x10ffff, 2),
    ]),
    glyf: glyph,
    head: Buffer.concat([
      u32(0x10000, 0x10000, 0, 0x5f0f3cf5), u16(0b11, EM), Buffer.alloc(16),
      u16(0, 0, ADVANCE, 520, 0, 8, 2, 1, 0),
    ]),
    hhea: Buffer.concat([u32(0x10000), u16(ASCENT, -DESCENT, 0, ADVANCE, 40, 40, ADVANCE - 40, 1, 0, 0, 0, 0, 0, 0, 0, 1)]),
    hmtx: u16(ADVANCE, 40, 0, 0),
    loca: u32(0, 0, 0, glyph.length),
    maxp: Buffer.concat([u32(0x10000), u16(3, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)]),
    name: Buffer.concat([
      u16(0, names.length, 6 + 12 * names.length),
      ...names.map((id) => u16(3, 1, 0x409, id, name.length, 0)), name,
    ]),
    post: u32(0x30000, 0, 0, 1, 0, 0, 0, 0),
  };
  const entries = Object.entries(tables).map(([tag, table]) => [tag, padded(table), table.length]);
  let offset = 12 + 16 * entries.length;
  const directory = entries.map(([tag, table, length]) => {
    const entry = Buffer.concat([Buffer.from(tag), u32(checksum(table), offset, length)]);
    offset += table.length;
    return entry;
  });
  const power = 2 ** Math.floor(Math.log2(entries.length));
  const header = Buffer.concat([
    u32(0x10000), u16(entries.length, power * 16, Math.log2(power), (entries.length - power) * 16),
  ]);
  return Buffer.concat([header, ...directory, ...entries.map(([, table]) => table)]);
}
