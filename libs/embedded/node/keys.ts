const TWO_TO_THE_32 = 2 ** 32;

/** An integer as eight bytes whose order is the order of the numbers. */
function writeInteger(buffer: Buffer, value: number, offset: number): Buffer {
  buffer.writeUInt32BE(Math.floor(value / TWO_TO_THE_32), offset);
  buffer.writeUInt32BE(value % TWO_TO_THE_32, offset + 4);
  return buffer;
}

export function readInteger(buffer: Buffer, offset: number): number {
  return buffer.readUInt32BE(offset) * TWO_TO_THE_32 + buffer.readUInt32BE(offset + 4);
}

/** Records are stored by their position in the log. */
export function positionKey(position: number): Buffer {
  return writeInteger(Buffer.allocUnsafe(8), position, 0);
}

/** The index finds them by their stream and revision. */
export function revisionKey(streamId: number, revision: number): Buffer {
  const key = Buffer.allocUnsafe(12);
  key.writeUInt32BE(streamId, 0);
  return writeInteger(key, revision, 4);
}
