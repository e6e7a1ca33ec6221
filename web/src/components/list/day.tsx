import { Input } from "@/components/ui/input";

interface DayProps {
  label: string;
  /** As calendars write it, 2026-05-31; empty for none. */
  value: string;
  min?: string;
  max?: string;
  onChange: (value: string) => void;
}

/** A day that a list is narrowed by. */
export function Day({ label, value, onChange, ...bounds }: DayProps) {
  return (
    <label className="flex items-center gap-1.5 text-xs text-muted-foreground">
      {label}
      <Input type="date" value={value} onChange={(event) => onChange(event.target.value)} className="w-36" {...bounds} />
    </label>
  );
}
