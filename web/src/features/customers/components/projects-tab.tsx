import { lazy, Suspense, type ComponentProps } from "react";
import { Skeleton } from "@/components/ui/skeleton";

/** A tab that few come for: it is fetched when somebody does. */
const Projects = lazy(async () => ({ default: (await import("./projects")).Projects }));

/** The projects of a customer. */
export function ProjectsTab(props: ComponentProps<typeof Projects>) {
  return (
    <Suspense fallback={<Skeleton className="h-40" />}>
      <Projects {...props} />
    </Suspense>
  );
}
