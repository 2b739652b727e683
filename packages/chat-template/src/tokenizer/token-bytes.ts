const replacement = Buffer.from('\uFFFD')

// A byte-level vocabulary writes each byte as one visible character: printable ones as themselves, the others from U+0100 up.
const byteOfCharacter = new Map<string, number>()
let next = 256
for (let byte = 0; byte < 256; byte += 1) {
  const visible = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
  byteOfCharacter.set(String.fromCharCode(visible ? byte : next), byte)
  if (!visible) next += 1
}

/**
 * The bytes that an id stands for: of an added token its text, of any other the bytes that its vocabulary entry spells. An
 * id without either stands for U+FFFD.
 */
export function tokenBytes(entry: string | undefined, added: string | undefined): Uint8Array {
  if (added !== undefined) return Buffer.from(added)
  if (entry === undefined) return replacement
  const bytes = new Uint8Array(entry.length)
  for (let at = 0; at < entry.length; at += 1) {
    const byte = byteOfCharacter.get(entry.charAt(at))
    if (byte === undefined) return Buffer.from(entry)
    bytes[at] = byte
  }
  return bytes
}
