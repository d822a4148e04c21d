/**
 * The few pieces of protobuf's wire format that the hot paths need. Messages that are rare go through the generated
 * classes; records, which are written once and read many times, are laid out and picked apart here.
 */
const TWO_TO_THE_32 = 2 ** 32;

/** How many bytes a varint takes; `value` is a non-negative safe integer. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes protobuf fields one after the other into a buffer of the right size. */
export class FieldWriter {
  private offset = 0;

  constructor(private readonly buffer: Buffer) {}

  varint(value: number): this {
    let rest = value;
    for (; rest >= TWO_TO_THE_32; rest = Math.floor(rest / 128))
      this.buffer[this.offset++] = (rest % 128) | 128;
    for (; rest >= 128; rest >>>= 7) this.buffer[this.offset++] = (rest & 127) | 128;
    this.buffer[this.offset++] = rest;
    return this;
  }

  /** A varint that is already encoded, for values beyond safe integers. */
  raw(bytes: Uint8Array): this {
    this.buffer.set(bytes, this.offset);
    this.offset += bytes.length;
    return this;
  }

  number(field: number, value: number): this {
    return this.varint(field << 3).varint(value);
  }

  /** The head of a length-delimited field whose content follows. */
  head(field: number, length: number): this {
    return this.varint((field << 3) | 2).varint(length);
  }

  bytes(field: number, content: Uint8Array): this {
    return this.head(field, content.length).raw(content);
  }
}

export const numberFieldSize = (value: number): number => 1 + varintSize(value);

/** The size of a length-delimited field with a number below 16. */
export const bytesFieldSize = (length: number): number => 1 + varintSize(length) + length;

/** Reads fields in the order in which {@link FieldWriter} wrote them. */
export class FieldReader {
  constructor(
    private readonly buffer: Buffer,
    private offset = 0,
  ) {}

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.buffer[this.offset++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  number(): number {
    this.offset++;
    return this.varint();
  }

  bytes(): Buffer {
    this.offset++;
    const length = this.varint();
    return this.buffer.subarray(this.offset, (this.offset += length));
  }

  /** Whether the next field has this number. */
  at(field: number): boolean {
    const tag = this.buffer[this.offset];
    return tag !== undefined && tag >> 3 === field;
  }
}
