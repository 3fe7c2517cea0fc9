import { PageTitle } from "../console/PageTitle";
import { useCan, useKeepOrganization } from "../console/session";
import { GroupsPage } from "../lists/GroupsPage";
import { usePath } from "../router";
import { PageTabs } from "../ui/tabs";
import { RoleList } from "./RoleList";
import { NewRolePage, RolePage } from "./RolePage";
import { texts } from "./texts";
import "./roles.css";

/** `/roles`, `/roles/groups`, `/roles/new` and `/roles/{id}`. */
export default function RolesPage() {
  const path = usePath();
  const can = useCan();
  const keep = useKeepOrganization();
  const part = path.slice("/roles/".length);
  if (part === "new") return <NewRolePage />;
  if (part !== "" && part !== "groups") return <RolePage key={part} id={decodeURIComponent(part)} />;
  const tabs = [
    ...(can("roles.read") ? [{ path: "/roles", to: keep("/roles"), name: texts.tabs.roles }] : []),
    ...(can("lists.read") ? [{ path: "/roles/groups", to: keep("/roles/groups"), name: texts.tabs.groups }] : []),
  ];
  return (
    <div className="page">
      <PageTitle>{texts.title}</PageTitle>
      <PageTabs label={texts.tabsLabel} tabs={tabs} />
      {part === "groups" || !can("roles.read") ? <GroupsPage /> : <RoleList />}
    </div>
  );
}
