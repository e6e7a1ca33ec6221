import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Input } from "@/components/ui/input";
import { useShortcuts } from "@/lib/use-shortcuts";

interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (q: string) => void;
}

/** A search box that asks shortly after the last letter and follows the address when that changes by other means. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  // What the address says now and what was asked of it since, the present wish last: it follows some time after it was asked,
  // and what was typed meanwhile must not give way to it.
  const [asked, setAsked] = useState([value]);
  if (value !== seen) {
    setSeen(value);
    const at = asked.lastIndexOf(value);
    setAsked(at < 0 ? [value] : asked.slice(at));
    if (at < 0) setText(value);
  }
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  const wish = asked.at(-1);
  useEffect(() => {
    if (text.trim() === wish) return;
    const timer = setTimeout(() => {
      setAsked((before) => [...before, text.trim()]);
      latest.current(text.trim());
    }, 250);
    return () => clearTimeout(timer);
  }, [text, wish]);
  useShortcuts({ "/": () => input.current?.focus() });
  return (
    <div className="relative w-72 max-sm:w-full">
      <Search aria-hidden className="pointer-events-none absolute start-2.5 top-1/2 size-4 -translate-y-1/2 text-muted-foreground" />
      <Input
        ref={input}
        type="search"
        // An empty field with "auto" would write its placeholder from the wrong side.
        dir={text === "" ? undefined : "auto"}
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && (text ? setText("") : input.current?.blur())}
        className="ps-8"
      />
    </div>
  );
}
