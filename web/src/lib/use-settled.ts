import { useEffect, useState } from "react";

/** A text as it was when it last rested for a moment: what is typed is not asked about letter by letter. */
export function useSettled(text: string, ms = 400): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return settled;
}
