import { useCallback, useContext, useEffect, useMemo, useRef } from "react";
import { type Location, type NavigateOptions, UNSAFE_DataRouterContext as DataRouterContext, useLocation, useSearchParams } from "react-router";

/** How one part of a filter stands in the address. */
interface Part<T> {
  read: (text: string | null) => T;
  /** Null while it says nothing, so that links stay short. */
  write: (value: T) => string | null;
  /** Letters of a search box come one by one: each of them should not be a step back. */
  typed?: boolean;
  /** It only arranges the rows: none is missing because of it. */
  arranges?: boolean;
}

/** Any number of known words: `state=open,answered`. */
export function many<T extends string>(known: readonly T[]): Part<T[]> {
  return {
    read: (text) => {
      const wanted = new Set(text?.split(",") ?? []);
      return known.filter((each) => wanted.has(each));
    },
    write: (values) => (values.length > 0 ? values.join(",") : null),
  };
}

/** One of known words, or none. */
export function one<T extends string>(known: readonly T[]): Part<T | ""> {
  return { read: (text) => (known as readonly string[]).includes(text ?? "") ? (text as T) : "", write: (value) => value || null };
}

/** A word that the server knows, such as an id. */
export function word(): Part<string> {
  return { read: (text) => text ?? "", write: (value) => value || null };
}

/** A day as calendars write it, 2026-05-31; one that there is not, or of another millennium, says nothing. */
export function day(): Part<string> {
  return { ...word(), read: (text) => (text !== null && isDay(text) ? text : "") };
}

/** A day that somebody means: while its year is being typed it is one of long ago. */
export function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return /^2\d{3}-\d\d-\d\d$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** A time zone that this browser knows. */
export function zone(): Part<string> {
  return { ...word(), read: (text) => (text !== null && isZone(text) ? text : "") };
}

const zones = new Map<string, boolean>();
function isZone(name: string): boolean {
  if (!zones.has(name)) {
    try {
      zones.set(name, name !== "" && new Intl.DateTimeFormat("en", { timeZone: name }) !== null);
    } catch {
      zones.set(name, false);
    }
  }
  return zones.get(name) === true;
}

/** What stands in the search box. */
export function search(): Part<string> {
  return { ...word(), typed: true };
}

/** The order of the rows; the first one holds unless another is named. */
export function order<T extends string>(known: readonly [T, ...T[]]): Part<T> {
  return {
    read: (text) => ((known as readonly string[]).includes(text ?? "") ? (text as T) : known[0]),
    write: (value) => (value === known[0] ? null : value),
    arranges: true,
  };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a shape holds parts of different types
type Shape = Record<string, Part<any>>;
export type FilterOf<S extends Shape> = { [K in keyof S]: S[K] extends Part<infer V> ? V : never };

export function readFilter<S extends Shape>(shape: S, params: URLSearchParams): FilterOf<S> {
  return Object.fromEntries(Object.entries(shape).map(([key, part]) => [key, part.read(params.get(key))])) as FilterOf<S>;
}

/** The address of a filter; parts that are not named say nothing. */
export function writeFilter<S extends Shape>(shape: S, filter: Partial<FilterOf<S>>): string {
  const params = new URLSearchParams();
  for (const [key, part] of Object.entries(shape)) {
    const text = key in filter ? part.write(filter[key]) : null;
    if (text !== null) params.set(key, text);
  }
  return params.toString();
}

export interface UrlFilter<F> {
  filter: F;
  /** `replace`: it is no step that going back should take back. */
  change: (part: Partial<F>, options?: { replace?: boolean }) => void;
  clear: () => void;
  /** Rows may be missing because of it. */
  active: boolean;
  /** What a link to the same rows says, without its `?`. */
  query: string;
  /** The same for another filter. */
  queryOf: (filter: Partial<F>) => string;
}

/**
 * What a list shows. All of it is in the address: a link shows a colleague the same rows, and going back restores them.
 * `shape` must stay the same object. `keeps` is a part of the address that a change of the filter leaves as it is.
 */
export function useUrlFilter<S extends Shape>(shape: S, keeps?: string): UrlFilter<FilterOf<S>> {
  const [params, setParams] = useSearchParams();
  // What was asked for, until the address says so.
  const asked = useRef<{ params: URLSearchParams; at: Location | null } | null>(null);
  useEffect(() => {
    asked.current = null;
  }, [params]);
  // The page that was on its way did not come: the address is what it was.
  const stay = useCallback(() => void (asked.current = null), []);
  const { leaving, unlessLeft } = useLeaving(stay);
  const latest = useLatest();
  return useMemo(() => {
    const filter = readFilter(shape, params);
    const query = writeFilter(shape, filter);
    // A page is shown some time after its address changed, by itself or by a link: a change builds on the one before and on the
    // address, not on what is still shown.
    const base = () => {
      const at = latest();
      if (asked.current?.at === at) return asked.current.params;
      return at ? new URLSearchParams(at.search) : params;
    };
    const ask = (next: string, options?: NavigateOptions) => {
      const wanted = new URLSearchParams(next);
      const kept = keeps === undefined ? null : base().get(keeps);
      if (keeps !== undefined && kept !== null) wanted.set(keeps, kept);
      asked.current = { params: wanted, at: latest() };
      setParams(wanted, options);
    };
    const change: UrlFilter<FilterOf<S>>["change"] = (part, { replace = false } = {}) => {
      if (leaving()) return unlessLeft(() => change(part, { replace }));
      const typed = Object.keys(part).every((key) => shape[key]?.typed);
      ask(writeFilter(shape, { ...readFilter(shape, base()), ...part }), { replace: replace || typed, preventScrollReset: true });
    };
    const clear = () => {
      if (leaving()) return unlessLeft(clear);
      const kept = Object.entries(readFilter(shape, base())).filter(([key]) => shape[key]?.arranges);
      ask(writeFilter(shape, Object.fromEntries(kept) as Partial<FilterOf<S>>));
    };
    return {
      filter,
      query,
      queryOf: (other) => writeFilter(shape, other),
      change,
      clear,
      active: Object.entries(shape).some(([key, part]) => !part.arranges && part.write(filter[key]) !== null),
    };
  }, [shape, keeps, params, setParams, leaving, unlessLeft, latest]);
}

/**
 * `leaving`: whether the page gives way to another one by now: what a search box asks shortly after its last letter would otherwise take
 * back the row or the link that was clicked in between. The router itself is asked: `useNavigation` tells the page too late.
 * `unlessLeft`: does something, after `stay`, once it is known that the page stays after all, because the other one did not come.
 */
function useLeaving(stay: () => void) {
  const router = useContext(DataRouterContext)?.router;
  const { pathname } = useLocation();
  const waiting = useRef<(() => void)[]>([]);
  const leaving = useCallback((): boolean => {
    const { location, navigation } = router?.state ?? {};
    return [location, navigation?.location].some((other) => other !== undefined && other.pathname !== pathname);
  }, [router, pathname]);
  useEffect(() => {
    const settled = () => {
      if (waiting.current.length === 0 || leaving()) return;
      stay();
      for (const work of waiting.current.splice(0)) work();
    };
    // After the router has told everybody: what is done then is a navigation of its own.
    const stop = router?.subscribe(() => queueMicrotask(settled));
    return () => {
      stop?.();
      waiting.current = [];
    };
  }, [router, leaving, stay]);
  const unlessLeft = useCallback((work: () => void) => void waiting.current.push(work), []);
  return { leaving, unlessLeft };
}

/** Where one is as of this moment, or on the way to; what is on the page may be that of a moment ago. */
function useLatest(): () => Location | null {
  const router = useContext(DataRouterContext)?.router;
  return useCallback(() => {
    const { location, navigation } = router?.state ?? {};
    return navigation?.location ?? location ?? null;
  }, [router]);
}
