import { cn } from "@/lib/cn";

const HUES = [205, 255, 300, 25, 65, 155, 340];

/** Initials on a colour that stays the same for the same name. Decoration only: the name stands next to it. */
export function Avatar({ name, className }: { name: string; className?: string }) {
  const initials = name.split(/[\s@.]+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]?.toUpperCase()).join("");
  const sum = [...name].reduce((total, letter) => total + letter.codePointAt(0)!, 0);
  const hue = HUES[sum % HUES.length];
  return (
    <span
      aria-hidden
      style={{ backgroundColor: `oklch(0.47 0.085 ${hue})` }}
      className={cn("grid size-7 shrink-0 place-items-center rounded-full text-[0.7rem] font-semibold text-white select-none", className)}
    >
      {initials || "?"}
    </span>
  );
}
