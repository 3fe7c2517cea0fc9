import { PageTitle } from "../console/PageTitle";
import { useCan, useKeepOrganization, useSession } from "../console/session";
import { ForOrganization } from "../lists/ForOrganization";
import { NamesPage } from "../lists/NamesPage";
import { PropertiesPage } from "../lists/PropertiesPage";
import { texts as lists } from "../lists/texts";
import { ProfilesPage } from "../profiles/ProfilesPage";
import { texts as profiles } from "../profiles/texts";
import { usePath } from "../router";
import { PageTabs } from "../ui/tabs";
import { OrganizationPage } from "./OrganizationPage";
import { OrganizationsPage } from "./OrganizationsPage";
import { texts } from "./texts";
import "./settings.css";

/** `/settings` and its parts; which of them there are depends on what one may see. */
export default function SettingsPage() {
  const { me, organizations } = useSession();
  const can = useCan();
  const keep = useKeepOrganization();
  const path = usePath();
  const several = me.organizations === "all" || organizations.length > 1;
  const parts = [
    {
      path: "/settings",
      name: texts.tabs.organization,
      shown: can("organizations.read"),
      page: (
        <ForOrganization what={texts.what}>
          {(organization) => <OrganizationPage key={organization} id={organization} />}
        </ForOrganization>
      ),
    },
    { path: "/settings/sites", name: lists.sites.title, shown: can("lists.read"), page: <NamesPage list="sites" /> },
    {
      path: "/settings/courses",
      name: lists.courses.title,
      shown: can("lists.read"),
      page: <NamesPage list="courses" />,
    },
    {
      path: "/settings/services",
      name: lists.services.title,
      shown: can("lists.read"),
      page: <NamesPage list="services" />,
    },
    {
      path: "/settings/properties",
      name: lists.properties.title,
      shown: can("lists.read"),
      page: <PropertiesPage />,
    },
    {
      path: "/settings/import-profiles",
      name: profiles.title,
      shown: can("imports.read") && can("organizations.read"),
      page: <ProfilesPage />,
    },
    {
      path: "/settings/organizations",
      name: texts.tabs.organizations,
      shown: can("organizations.read") && several,
      page: <OrganizationsPage />,
    },
  ].filter((part) => part.shown);
  const here =
    parts.find((part) => part.path === path) ??
    parts.find((part) => part.path !== "/settings" && path.startsWith(`${part.path}/`)) ??
    parts[0];
  return (
    <div className="page">
      <PageTitle>{texts.title}</PageTitle>
      <PageTabs
        label={texts.tabsLabel}
        tabs={parts.map((part) => ({ path: part.path, to: keep(part.path), name: part.name }))}
      />
      {here?.page}
    </div>
  );
}
