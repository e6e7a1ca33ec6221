import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/problem";
import { upload, type Send } from "@/api/upload";

/** The server's own limit for one file. */
export const LARGEST_FILE = 25 * 1_000_000;

export interface PendingFile {
  key: number;
  name: string;
  size: number;
  percent: number;
  /** Id on the server once it is there. */
  id?: string;
  error?: unknown;
}

/** A file that is on the server and waits for its message: what a draft remembers of it. */
export interface KeptFile {
  id: string;
  name: string;
  size: number;
}

interface UploadOptions {
  /** Files of a draft, on the server already. */
  kept?: readonly KeptFile[];
  /** Hears which files are there. */
  onKept?: (files: KeptFile[]) => void;
  /** Types that are taken, as in a file field's `accept`; all unless given. */
  accept?: readonly string[];
  /** Largest file in bytes; the server's own limit unless given. */
  largest?: number;
  /** Where a file goes; an attachment of a message to come unless given. It leaves the list once it is there. */
  send?: Send;
  /** Hears that `send` has brought one file to its place. */
  onSent?: () => unknown;
}

/** Files on their way to the server while somebody still writes, each with its progress. */
export function useUploads({ kept = [], onKept, accept, largest = LARGEST_FILE, send, onSent }: UploadOptions = {}) {
  const [files, setFiles] = useState<PendingFile[]>(() => kept.map((file, key) => ({ ...file, key, percent: 100 })));
  const present = useRef(files);
  const next = useRef(files.length);
  const stops = useRef(new Map<number, AbortController>());
  const tell = useRef(onKept);
  const place = useRef({ send, onSent });
  useEffect(() => {
    tell.current = onKept;
    place.current = { send, onSent };
  });

  useEffect(() => {
    const running = stops.current;
    return () => running.forEach((stop) => stop.abort());
  }, []);

  const change = useCallback((act: (list: PendingFile[]) => PendingFile[]) => {
    const before = present.current;
    present.current = act(before);
    setFiles(present.current);
    const ids = (list: PendingFile[]) => list.flatMap(({ id }) => id ?? []).join();
    if (ids(before) !== ids(present.current)) tell.current?.(present.current.flatMap(({ id, name, size }) => (id ? [{ id, name, size }] : [])));
  }, []);

  const patch = useCallback(
    (key: number, part: Partial<PendingFile>) => change((list) => list.map((file) => (file.key === key ? { ...file, ...part } : file))),
    [change],
  );

  const add = useCallback(
    (list: Iterable<File>) => {
      for (const file of list) {
        const key = next.current;
        next.current += 1;
        const entry: PendingFile = { key, name: file.name, size: file.size, percent: 0 };
        const refused = file.size > largest ? "too_large" : accept && !accepted(file, accept) ? "file_type" : null;
        if (refused) {
          change((all) => [...all, { ...entry, error: new ApiError({ status: 0, code: refused }) }]);
          continue;
        }
        const stop = new AbortController();
        stops.current.set(key, stop);
        change((all) => [...all, entry]);
        const progress = (percent: number) => patch(key, { percent });
        const { send: elsewhere, onSent: told } = place.current;
        const sent = elsewhere
          ? elsewhere(file, progress, stop.signal).then(() => {
              change((all) => all.filter((other) => other.key !== key));
              told?.();
            })
          : upload(file, progress, stop.signal).then(({ id }) => patch(key, { id, percent: 100 }));
        sent.catch((error: unknown) => !stop.signal.aborted && patch(key, { error }));
      }
    },
    [change, patch, accept, largest],
  );

  const remove = useCallback(
    (key: number) => {
      stops.current.get(key)?.abort();
      change((list) => list.filter((file) => file.key !== key));
    },
    [change],
  );

  const clear = useCallback(() => change(() => []), [change]);

  /** Puts files that are on the server already in the place of those there are. */
  const take = useCallback(
    (kept: readonly KeptFile[]) =>
      change(() =>
        kept.map((file) => {
          const key = next.current;
          next.current += 1;
          return { ...file, key, percent: 100 };
        }),
      ),
    [change],
  );

  return {
    files,
    accept,
    add,
    remove,
    clear,
    take,
    ids: files.flatMap((file) => (file.id ? [file.id] : [])),
    busy: files.some((file) => !file.id && !file.error),
    failed: files.some((file) => file.error),
  };
}

export type Uploads = ReturnType<typeof useUploads>;

/** By its type or the end of its name: browsers know few types. */
function accepted(file: File, accept: readonly string[]): boolean {
  return accept.some((each) =>
    each.startsWith(".") ? file.name.toLowerCase().endsWith(each) : each.endsWith("/*") ? file.type.startsWith(each.slice(0, -1)) : file.type === each,
  );
}
