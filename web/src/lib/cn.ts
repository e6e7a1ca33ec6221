import { clsx, type ClassValue } from "clsx";
import { twMerge } from "tailwind-merge";

/** Joins class names; a later one wins over an earlier one for the same property. */
export function cn(...classes: ClassValue[]): string {
  return twMerge(clsx(classes));
}
