import { useRouteError } from "react-router";
import { ErrorState } from "@/components/error-state";
import { useOnline } from "@/lib/use-online";

/** A page broke while it was drawn or its chunk could not be fetched. Trying again loads the application anew, which needs a network. */
export function RouteError() {
  const error = useRouteError();
  const online = useOnline();
  return <ErrorState page list={null} error={error} onRetry={online ? () => location.reload() : undefined} />;
}
