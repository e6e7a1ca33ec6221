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
  const [sent, setSent] = useState(value);
  const [followed, setFollowed] = useState(value);
  // The address changes some time after it was asked to: what was typed since must not give way to what was sent.
  if (value !== followed) {
    setFollowed(value);
    if (value !== sent) {
      setSent(value);
      setText(value);
    }
  }
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => {
    if (text.trim() === sent) return;
    const timer = setTimeout(() => {
      setSent(text.trim());
      latest.current(text.trim());
    }, 250);
    return () => clearTimeout(timer);
  }, [text, sent]);
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
