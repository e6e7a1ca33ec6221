import { lazy, Suspense, type ComponentProps } from "react";
import { Skeleton } from "@/components/ui/skeleton";

/** Tabs of a customer's page that few come for: they are fetched when somebody does. */
const Projects = lazy(async () => ({ default: (await import("./projects")).Projects }));
const Notes = lazy(async () => ({ default: (await import("./notes")).Notes }));

const waiting = <Skeleton className="h-40" />;

/** The projects of a customer. */
export function ProjectsTab(props: ComponentProps<typeof Projects>) {
  return (
    <Suspense fallback={waiting}>
      <Projects {...props} />
    </Suspense>
  );
}

/** What staff noted about a customer. */
export function NotesTab(props: ComponentProps<typeof Notes>) {
  return (
    <Suspense fallback={waiting}>
      <Notes {...props} />
    </Suspense>
  );
}
