import { useEffect, useState } from "react";
import { loadTexts } from "@/i18n";
import type * as Writing from "./tools";

type Tools = typeof Writing;
let known: Tools | null = null;

/** What helps to write Markdown, fetched once something can be written. Without it, and without a network, one writes all the same. */
export function useWritingTools(): Tools | null {
  const [tools, setTools] = useState(known);
  useEffect(() => {
    if (known) return;
    let here = true;
    Promise.all([import("./tools"), loadTexts("writing")]).then(
      ([loaded]) => {
        known = loaded;
        if (here) setTools(loaded);
      },
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, []);
  return tools;
}
