import { readStored, writeStored } from "@/lib/storage";

const KEY = "cm.signOnTarget";

/** Only a path of this site may be the place to go back to. */
export function safeTarget(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}

/** Where somebody goes who comes back from a provider. */
export function keepTarget(next: string): void {
  writeStored(KEY, next);
}

export function keptTarget(): string {
  return safeTarget(readStored(KEY));
}
