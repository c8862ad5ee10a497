import { decodeHTML } from "entities";

/** As Python's `html.unescape` has it: a number, a hexadecimal one, or a name that may go on. */
const reference = /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/g;

/** The Windows-1252 characters that the numbers 128 to 159 stand for. */
export const windows1252 = new TextDecoder("windows-1252").decode(
  Uint8Array.from({ length: 32 }, (_, i) => 128 + i),
);

/** Replaces references to characters as Python does: `&lt;`, `&#60;`, also `&lt` without its end. */
export function unescapeHtml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    reference,
    (whole, name: string) => name.startsWith("#") ? numbered(name) : decodeHTML(whole),
  );
}

/** A character by its number, with the corrections that HTML 5 asks for. */
function numbered(name: string): string {
  const digits = name.replace(/;$/, "");
  const code = /^#x/i.test(digits) ? parseInt(digits.slice(2), 16) : parseInt(digits.slice(1), 10);
  if (code === 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return "\uFFFD";
  if (code === 0x0D) return "\r";
  if (code >= 0x80 && code <= 0x9F) return windows1252[code - 0x80] ?? "";
  return isForbidden(code) ? "" : String.fromCodePoint(code);
}

/** Control characters, and code points that will never be characters. */
function isForbidden(code: number): boolean {
  return (code < 0x20 && ![0x09, 0x0A, 0x0C].includes(code)) || code === 0x7F ||
    (code >= 0xFDD0 && code <= 0xFDEF) || (code & 0xFFFE) === 0xFFFE;
}
