import { Navigate } from "react-router";
import { homeOf } from "./navigation";
import { useUser } from "./use-user";

export function Home() {
  return <Navigate to={homeOf(useUser())} replace />;
}
