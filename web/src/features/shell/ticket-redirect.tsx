import { Navigate, useParams } from "react-router";
import { useUser } from "./use-user";

/** Links in mails do not know who opens them: staff and customers see a ticket on different pages. */
export function TicketRedirect() {
  const { id } = useParams();
  const desk = useUser().dashboards.includes("corporate");
  return <Navigate to={`/${desk ? "desk" : "client"}/tickets/${id}`} replace />;
}
