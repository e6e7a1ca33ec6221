import type { SlaSlot } from "@/api/types";

const RANGE = /^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$/;

const two = (value: number) => String(value).padStart(2, "0");
const clock = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;

/** `08:00-12:00, 13:00-17:00` */
export function writeHours(slots: readonly SlaSlot[]): string {
  return slots.map(({ from, to }) => `${clock(from)}-${clock(to)}`).join(", ");
}

/** What stands in the field as slots; null when it cannot be understood. Nothing = closed. */
export function readHours(text: string): SlaSlot[] | null {
  const parts = text.split(/[,;،]/).map((part) => part.trim());
  const slots: SlaSlot[] = [];
  for (const part of parts.filter((each) => each !== "")) {
    const found = RANGE.exec(part);
    if (!found) return null;
    const [from, to] = [Number(found[1]) * 60 + Number(found[2]), Number(found[3]) * 60 + Number(found[4])];
    if (Number(found[2]) > 59 || Number(found[4]) > 59 || from >= 1440 || to > 1440 || from === to) return null;
    slots.push({ from, to });
  }
  return slots;
}
