/** Archives as different programs write them, byte by byte. */
import { crc32, deflateRawSync } from 'node:zlib';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const joined = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
};

/** Numbers of so many bytes each, the least first. */
const little = (...fields: readonly [value: number, bytes: number][]): Uint8Array =>
  joined(fields.map(([value, bytes]) => Uint8Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256)));

export interface ZipEntry {
  name: string | Uint8Array;
  data?: string;
  /** General purpose bits; 0x800: the name is UTF-8, 1: encrypted. */
  flags?: number;
  method?: number;
  zip64?: boolean;
}

/** A ZIP with these entries. */
export function zipOf(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, data = '', flags = 0, method = 8, zip64 = false } of entries) {
    const path = typeof name === 'string' ? utf8(name) : name;
    const plain = utf8(data);
    const packed = method === 0 ? plain : new Uint8Array(deflateRawSync(plain));
    const sizes = [packed.length, plain.length] as const;
    const extra = zip64 ? little([1, 2], [16, 2], [sizes[1], 8], [sizes[0], 8]) : new Uint8Array();
    const told = zip64 ? ([0xffffffff, 0xffffffff] as const) : sizes;
    const common = [[zip64 ? 45 : 20, 2], [flags, 2], [method, 2], [0, 4], [crc32(plain), 4], [told[0], 4], [told[1], 4], [path.length, 2], [extra.length, 2]] as [number, number][]; // prettier-ignore
    const local = joined([little([0x04034b50, 4], ...common), path, extra, packed]);
    directory.push(joined([little([0x02014b50, 4], [20, 2], ...common, [0, 8], [0, 2], [at, 4]), path, extra]));
    parts.push(local);
    at += local.length;
  }
  const central = joined(directory);
  const end = little([0x06054b50, 4], [0, 4], [entries.length, 2], [entries.length, 2], [central.length, 4], [at, 4], [0, 2]);
  return joined([...parts, central, end]);
}

export interface TarEntry {
  name: string | Uint8Array;
  data?: string;
  /** '0' a file, '5' a folder, 'x' PAX records, 'L' a long name. */
  kind?: string;
}

/** A tar archive with these headers and files; `end`: with the empty blocks at its end. */
export function tarOf(entries: readonly TarEntry[], end = true): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const { name, data = '', kind = '0' } of entries) {
    const header = new Uint8Array(512);
    const content = utf8(data);
    header.set((typeof name === 'string' ? utf8(name) : name).subarray(0, 100));
    const put = (text: string, place: number): void => header.set(utf8(text), place);
    put('0000644\0', 100);
    put(content.length.toString(8).padStart(11, '0'), 124);
    put('00000000000', 136);
    put(kind, 156);
    put('ustar\0' + '00', 257);
    put('        ', 148);
    put(header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0') + '\0 ', 148); // prettier-ignore
    parts.push(header, content, new Uint8Array((512 - (content.length % 512)) % 512));
  }
  if (end) parts.push(new Uint8Array(1024));
  return joined(parts);
}

/** PAX records: "LENGTH KEY=VALUE\n", the length with its own digits. */
export function paxOf(records: Readonly<Record<string, string>>): string {
  return Object.entries(records)
    .map(([key, value]) => {
      const rest = utf8(` ${key}=${value}\n`).length;
      let length = rest + 1;
      while (String(length).length + rest !== length) length++;
      return `${length} ${key}=${value}\n`;
    })
    .join('');
}
