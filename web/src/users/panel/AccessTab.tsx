import type { User } from "../../api/types";
import { useSession } from "../../console/session";
import { texts as roleTexts } from "../../roles/texts";
import { useRoles } from "../../roles/useRoles";
import { Pill } from "../../ui/status";
import { permissionsOf } from "../may";
import { texts as t } from "../texts";
import { useLists } from "../useLists";
import { PanelSection } from "./parts";

const permissionName = (id: string) => roleTexts.names[id] ?? id;

/** What the person may do, where, and out of what it follows. */
export function AccessTab({ user }: { user: User }) {
  const { organizations } = useSession();
  const roles = useRoles(user.organization_id);
  const lists = useLists(user.organization_id);
  const held = user.roles.map((id) => roles?.find((role) => role.id === id) ?? { id, name: id, description: "" });
  const all = [...permissionsOf(user, roles)].sort();
  const technician = user.kind === "technician";
  const scope =
    user.organizations === "all"
      ? [t.access.scopeAll]
      : user.organizations.map((id) => organizations.find((o) => o.id === id)?.name ?? id);
  return (
    <>
      {user.root && <p className="notice">{t.access.rootNote}</p>}
      <PanelSection title={t.access.roles}>
        {held.length === 0 ? (
          <p className="muted">{t.access.noRoles}</p>
        ) : (
          <ul className="plain-list">
            {held.map((role) => (
              <li key={role.id}>
                <strong>{role.name}</strong>
                {role.description && <span className="radio-description">{role.description}</span>}
              </li>
            ))}
          </ul>
        )}
      </PanelSection>
      {technician && (
        <PanelSection title={t.access.scope}>
          <ul className="plain-list">
            {scope.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </PanelSection>
      )}
      <PanelSection title={t.access.permissions}>
        {all.length === 0 ? (
          <p className="muted">{t.access.nothing}</p>
        ) : (
          <ul className="plain-list">
            {all.map((id) => (
              <li key={id}>
                {permissionName(id)}
                {user.permissions.includes(id) && <span className="muted"> · {t.access.explicit}</span>}
              </li>
            ))}
          </ul>
        )}
      </PanelSection>
      {!technician && (
        <>
          <PanelSection title={t.access.groups}>
            {user.groups.length === 0 ? (
              <p className="muted">{t.access.noGroups}</p>
            ) : (
              <ul className="plain-list">
                {user.groups.map((id) => {
                  const group = lists.groups?.find((entry) => entry.id === id);
                  return (
                    <li key={id}>
                      <span className="row wrap">
                        {group?.name ?? id}
                        {group?.active === false && (
                          <>
                            <Pill tone="quiet">{t.access.inactive}</Pill>
                            <span className="muted">{t.access.inactiveNote}</span>
                          </>
                        )}
                      </span>
                    </li>
                  );
                })}
              </ul>
            )}
          </PanelSection>
          <PanelSection title={t.access.modules}>
            {user.all_module_access && <p>{t.access.allModules}</p>}
            {user.modules &&
              (user.modules.length > 0 ? (
                <ul className="chips" aria-label={t.access.modules}>
                  {user.modules.map((module) => (
                    <li key={module} className="chip">
                      {module}
                    </li>
                  ))}
                </ul>
              ) : (
                <p className="muted">{t.access.noModules}</p>
              ))}
          </PanelSection>
        </>
      )}
    </>
  );
}
