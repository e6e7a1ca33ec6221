import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/problem";
import { upload } from "@/api/upload";

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

/** Files on their way to the server while somebody still writes. */
export function useAttachments() {
  const [files, setFiles] = useState<PendingFile[]>([]);
  const next = useRef(0);
  const stops = useRef(new Map<number, AbortController>());

  useEffect(() => {
    const running = stops.current;
    return () => running.forEach((stop) => stop.abort());
  }, []);

  const patch = useCallback((key: number, change: Partial<PendingFile>) => {
    setFiles((list) => list.map((file) => (file.key === key ? { ...file, ...change } : file)));
  }, []);

  const add = useCallback(
    (list: Iterable<File>) => {
      for (const file of list) {
        const key = next.current;
        next.current += 1;
        const entry: PendingFile = { key, name: file.name, size: file.size, percent: 0 };
        if (file.size > LARGEST_FILE) {
          setFiles((all) => [...all, { ...entry, error: new ApiError({ status: 413, code: "too_large" }) }]);
          continue;
        }
        const stop = new AbortController();
        stops.current.set(key, stop);
        setFiles((all) => [...all, entry]);
        upload(file, (percent) => patch(key, { percent }), stop.signal)
          .then(({ id }) => patch(key, { id, percent: 100 }))
          .catch((error: unknown) => !stop.signal.aborted && patch(key, { error }));
      }
    },
    [patch],
  );

  const remove = useCallback((key: number) => {
    stops.current.get(key)?.abort();
    setFiles((list) => list.filter((file) => file.key !== key));
  }, []);

  const clear = useCallback(() => setFiles([]), []);

  return {
    files,
    add,
    remove,
    clear,
    ids: files.flatMap((file) => (file.id ? [file.id] : [])),
    busy: files.some((file) => !file.id && !file.error),
    failed: files.some((file) => file.error),
  };
}
