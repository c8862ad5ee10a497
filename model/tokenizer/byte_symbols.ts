/** The bytes that represent themselves: printable Latin-1. */
const printing: readonly (readonly [number, number])[] = [[33, 126], [161, 172], [174, 255]];

const plain = printing.flatMap(([first, last]) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i)
);
const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) =>
  !plain.includes(byte)
);

/** The 256 bytes in the order of the vocabulary's first tokens. */
const order = [...plain, ...others];

/**
 * The letters that represent bytes, in the vocabulary's order. They make any text a word of known letters,
 * none of which is white space.
 */
export const byteLetters: readonly string[] = order.map((byte, i) =>
  String.fromCodePoint(i < plain.length ? byte : 256 + i - plain.length)
);

const letterOf = new Map(order.map((byte, i) => [byte, byteLetters[i] as string]));
const byteOf = new Map(order.map((byte, i) => [byteLetters[i] as string, byte]));

/** A text's UTF-8 bytes as letters. */
export function toLetters(text: string): string[] {
  return Array.from(new TextEncoder().encode(text), (byte) => letterOf.get(byte) as string);
}

/** The text of letters; invalid UTF-8 becomes U+FFFD. */
export function fromLetters(letters: string): string {
  const bytes = Uint8Array.from(letters, (letter) => byteOf.get(letter) ?? 0x3f);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
