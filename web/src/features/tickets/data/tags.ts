import { wordsOf } from "@/lib/words";

/** Tags as somebody types them, in the form in which they are kept. */
export const tagsOf = (text: string) => wordsOf(text.toLowerCase());
