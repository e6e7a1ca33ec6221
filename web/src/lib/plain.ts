/** A text as it is searched: without accents and vowel signs, in small letters. */
export const plain = (text: string) => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
