import { useEffect, useRef, useState, type ComponentType } from "react";
import { toastError } from "./toast-error";

/**
 * A dialog whose code is fetched when it is first opened. Should that fail, as it does without a network, the page stays as it is: the reader is
 * told, the dialog counts as closed, and the next press tries again.
 */
export function lazyDialog<P extends { onClose: () => void }>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let known: ComponentType<P> | null = null;
  return function LazyDialog(props: P) {
    const [Loaded, setLoaded] = useState<ComponentType<P> | null>(() => known);
    const close = useRef(props.onClose);
    useEffect(() => {
      close.current = props.onClose;
    });
    useEffect(() => {
      if (known) return;
      let here = true;
      load().then(
        (component) => {
          known = component;
          if (here) setLoaded(() => component);
        },
        (error: unknown) => {
          if (!here) return;
          toastError(error);
          close.current();
        },
      );
      return () => {
        here = false;
      };
    }, []);
    return Loaded && <Loaded {...props} />;
  };
}
