import { useRouteError } from "react-router";
import { ErrorState } from "@/components/error-state";

/** A page broke while it was drawn or its chunk could not be fetched. */
export function RouteError() {
  const error = useRouteError();
  return <ErrorState page error={error} onRetry={() => location.reload()} />;
}
