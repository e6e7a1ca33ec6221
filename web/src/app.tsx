import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Direction } from "radix-ui";
import { RouterProvider } from "react-router";
import { asApiError } from "@/api/problem";
import { TooltipProvider } from "@/components/ui/tooltip";
import { Toaster } from "@/components/ui/toast";
import { toastError } from "@/components/toast-error";
import { useDirection } from "@/lib/use-direction";
import { retryEvery } from "@/live/out-of-date";
import { router } from "./routes";

/** Errors that a second try may cure. */
function transient(error: unknown): boolean {
  const { status } = asApiError(error);
  return status === 0 || status === 429 || status === 502 || status === 503 || status === 504;
}

const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, retry: (count, error) => count < 2 && transient(error), refetchOnWindowFocus: true, refetchInterval: retryEvery },
    mutations: { retry: false },
  },
  queryCache: new QueryCache({
    onError: (error, query) => {
      // What a page shows says itself that it could not be loaded; the choices of a field or a menu cannot.
      // Told once: they are asked for again until they are there.
      if (query.meta?.aside && query.state.data === undefined && query.state.errorUpdateCount <= 1) toastError(error);
    },
  }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _context, mutation) => {
      // A form that shows its own errors says so in `meta`.
      if (!mutation.meta?.explained) toastError(error);
    },
  }),
});

export function App() {
  const direction = useDirection();
  return (
    <Direction.Provider dir={direction}>
      <QueryClientProvider client={queries}>
        <TooltipProvider delayDuration={300}>
          <RouterProvider router={router} />
          <Toaster />
        </TooltipProvider>
      </QueryClientProvider>
    </Direction.Provider>
  );
}
