import type { User } from "../../api/types";
import { useCan, useKeepOrganization, useSession } from "../../console/session";
import { Link } from "../../router";
import { texts } from "../../texts/en";
import { CopyButton } from "../../ui/controls";
import { languageName } from "../../ui/pickers";
import { Time } from "../../ui/time";
import { texts as t } from "../texts";
import { propertyText, useLists } from "../useLists";
import { Detail, nothing, PanelSection } from "./parts";

export function DetailsTab({ user }: { user: User }) {
  const { organizations } = useSession();
  const can = useCan();
  const keep = useKeepOrganization();
  const lists = useLists(user.organization_id);
  const organization = organizations.find((o) => o.id === user.organization_id);
  const named = (list: "courses" | "services") =>
    user[list].map((id) => lists[list]?.find((entry) => entry.id === id)?.name ?? id).join(", ") || nothing;
  const site = user.site ? (lists.sites?.find((entry) => entry.id === user.site)?.name ?? user.site) : null;
  // Every property of the organization, so that what is missing can be seen; and values whose property is gone.
  const keys = new Set([...(lists.properties ?? []).flatMap(({ key }) => key ?? []), ...Object.keys(user.properties)]);
  return (
    <>
      <dl className="details">
        <Detail label={texts.fields.email ?? ""}>
          <span className="row">
            <span className="break">{user.email}</span>
            <CopyButton look="quiet" text={user.email} label={texts.common.copy} iconOnly />
          </span>
        </Detail>
        {user.username && (
          <Detail label={texts.users.panel.username}>
            {user.username} <span className="muted">· {t.details.usernameFixed}</span>
          </Detail>
        )}
        <Detail label={t.details.phone}>{user.phone ? <span className="numeric">{user.phone}</span> : nothing}</Detail>
        <Detail label={texts.users.columns.kind}>{texts.kinds[user.kind] ?? user.kind}</Detail>
        <Detail label={t.details.language}>{user.language ? languageName(user.language) : nothing}</Detail>
        <Detail label={t.details.timeZone}>{user.time_zone?.replaceAll("_", " ") ?? nothing}</Detail>
        <Detail label={texts.users.panel.lastSignIn}>
          {user.last_sign_in_at ? <Time at={user.last_sign_in_at} /> : texts.common.never}
        </Detail>
        <Detail label={t.details.createdBy}>
          <Time at={user.created_at} />
          {user.import_id && (
            <>
              {" · "}
              {can("imports.read") ? (
                <Link to={keep(`/imports/${user.import_id}`)}>{t.details.imported}</Link>
              ) : (
                t.details.imported
              )}
            </>
          )}
        </Detail>
      </dl>
      {user.kind !== "technician" && (
        <PanelSection title={t.details.organization}>
          <dl className="details">
            {organization && <Detail label={texts.users.columns.organization}>{organization.name}</Detail>}
            <Detail label={t.details.site}>{site ?? t.details.headquarters}</Detail>
            <Detail label={t.details.courses}>{named("courses")}</Detail>
            <Detail label={t.details.services}>{named("services")}</Detail>
            {[...keys].map((key) => {
              const property = lists.properties?.find((entry) => entry.key === key);
              const value = user.properties[key];
              return (
                <Detail key={key} label={property?.name ?? key}>
                  {value === undefined ? nothing : propertyText(value, property?.type)}
                </Detail>
              );
            })}
          </dl>
        </PanelSection>
      )}
    </>
  );
}
