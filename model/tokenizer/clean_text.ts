import { decodeHTML } from "entities";

/** Unicode white space; JavaScript's `\s` has U+FEFF as well and lacks U+0085. */
const space = "\\t-\\r \\x85\\xA0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000";
const spaces = new RegExp(`[${space}]+`, "g");

/** Characters that are no white space, letter or number, for the tokenizer's expression. */
export const otherCharacters = `[^${space}\\p{L}\\p{N}]`;

/** HTML references that ftfy recognises: those with a semicolon. */
const closedReference = /&#?[0-9A-Za-z]{1,24};/g;

/** Ligatures, as ftfy replaces them. */
const ligatures: Readonly<Record<string, string>> = {
  "Ĳ": "IJ",
  "ĳ": "ij",
  "ŉ": "ʼn",
  "Ǳ": "DZ",
  "ǲ": "Dz",
  "ǳ": "dz",
  "Ǆ": "DŽ",
  "ǅ": "Dž",
  "ǆ": "dž",
  "Ǉ": "LJ",
  "ǈ": "Lj",
  "ǉ": "lj",
  "Ǌ": "NJ",
  "ǋ": "Nj",
  "ǌ": "nj",
  "ﬀ": "ff",
  "ﬁ": "fi",
  "ﬂ": "fl",
  "ﬃ": "ffi",
  "ﬄ": "ffl",
  "ﬅ": "ſt",
  "ﬆ": "st",
};

/**
 * Cleans a text as CLIP does before tokenizing. The original calls ftfy first; all of its steps are here
 * except that wrongly decoded text (mojibake, `Ã©` for `é`) is not repaired, as its tables are large.
 */
export function cleanText(text: string): string {
  return unescapeHtml(unescapeHtml(fixCharacters(text)))
    .replace(spaces, " ").replace(/^ | $/g, "").toLowerCase();
}

/** ftfy's steps, line by line. */
function fixCharacters(text: string): string {
  // From the first line with a tag on, the text is HTML, whose references must stay.
  let unescapes = true;
  return text.split(/(?<=\n)/).map((line) => {
    unescapes &&= !line.includes("<");
    return fixLine(line, unescapes);
  }).join("");
}

/** Repeats all steps until nothing changes, as one step may enable another. */
function fixLine(line: string, unescapes: boolean): string {
  let before: string, now = line;
  do {
    before = now;
    now = fixOnce(before, unescapes);
  } while (now !== before);
  return now;
}

function fixOnce(text: string, unescapes: boolean): string {
  return (unescapes ? text.replace(closedReference, unescapeClosed) : text)
    // Control characters that stand for Windows-1252 characters.
    .replace(/[\x80-\x9F]/g, (c) => windows1252[c.charCodeAt(0) - 0x80] ?? c)
    .replace(/[ĲĳŉǱ-ǳǄ-ǌﬀ-ﬆ]/g, (c) => ligatures[c] ?? c)
    // Full-width and half-width forms.
    .replace(/[\u3000\uFF01-\uFFEF]/g, (c) => c.normalize("NFKC"))
    .replace(/[\u02BC\u2018-\u201B]/g, "'")
    .replace(/[\u201C-\u201F]/g, '"')
    .replace(/\r\n|[\r\u2028\u2029\x85]/g, "\n")
    .toWellFormed()
    // deno-lint-ignore no-control-regex -- these are removed
    .replace(/\x1B\[[\p{Nd};]*[a-zA-Z]/gu, "")
    // deno-lint-ignore no-control-regex
    .replace(/[\0-\x08\x0B\x0E-\x1F\x7F\u206A-\u206F\uFEFF\uFFF9-\uFFFC]/g, "")
    .normalize("NFC");
}

/**
 * A reference as ftfy reads it: only complete ones, not a prefix of a longer name, but also names that
 * are wrongly in capitals (`&EACUTE;`) if these have no meaning of their own.
 */
function unescapeClosed(reference: string): string {
  const text = unescapeHtml(reference);
  if (reference.startsWith("&#")) return text.includes(";") ? reference : text;
  if (text !== reference) return isWhole(text) ? text : reference;
  if (reference !== reference.toUpperCase()) return reference;
  const small = reference.toLowerCase(), meant = unescapeHtml(small);
  return meant !== small && isWhole(meant) ? meant.toUpperCase() : reference;
}

/** Whether nothing of a reference is left in what it became; `&semi;` becomes a semicolon. */
function isWhole(text: string): boolean {
  return text === ";" || !text.endsWith(";");
}

/** As Python's `html.unescape` has it: a number, a hexadecimal one, or a name that may go on. */
const reference = /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/g;

/** The Windows-1252 characters that the numbers 128 to 159 stand for. */
const windows1252 = new TextDecoder("windows-1252").decode(
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
