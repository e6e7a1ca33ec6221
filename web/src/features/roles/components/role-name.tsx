import { useTranslation } from "react-i18next";

/** Roles of the system have names in every language, others the one they were given. */
export function RoleName({ role }: { role: { key: string; name: string | null } }) {
  const { t } = useTranslation();
  return <bdi>{role.name ?? t([`role.${role.key}`, "role.other"])}</bdi>;
}
