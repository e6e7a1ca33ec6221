import { useTranslation } from "react-i18next";
import { roleName } from "../data/role";

export function RoleName({ role }: { role: { key: string; name: string | null } }) {
  const { t } = useTranslation();
  return <bdi>{roleName(t, role)}</bdi>;
}
