/**
 * What somebody else answered, as UTF-8. Null where it is more bytes than that: the rest is not read, and the body is given
 * up. Compressed answers count as they unfold.
 */
export async function boundedText(body: AsyncIterable<Uint8Array> | null, mostBytes: number): Promise<string | null> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body ?? []) {
    size += piece.byteLength;
    // Leaving the loop early cancels the body.
    if (size > mostBytes) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
