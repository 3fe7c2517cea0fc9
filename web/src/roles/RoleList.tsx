import type { Role } from "../api/types";
import { useCan, useKeepOrganization, useOrganization, useSession } from "../console/session";
import { Link, navigate, withSearch } from "../router";
import { texts as common } from "../texts/en";
import { Button, MenuButton, SelectField, Skeleton } from "../ui/controls";
import { MoreIcon, PlusIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { Pill } from "../ui/status";
import { byKind } from "./permissions";
import { texts } from "./texts";
import { useRoleList } from "./useRoles";

export const rolePath = (id: string): string => `/roles/${encodeURIComponent(id)}`;

export function RoleList() {
  const { me, organizations } = useSession();
  const { id: organization } = useOrganization();
  const can = useCan();
  const keep = useKeepOrganization();
  const { roles, problem, retry } = useRoleList(organization);
  // Who belongs to an organization has nothing to do with the deployment's own people.
  const seen = ({ kind }: { kind: string }) => kind !== "technician" || me.user.kind === "technician";
  return (
    <>
      <div className="page-head roles-head">
        <p className="muted grow">{texts.intro}</p>
        {can("roles.write") && (
          <Button look="primary" icon={<PlusIcon />} onPress={() => void navigate(keep("/roles/new"))}>
            {texts.add}
          </Button>
        )}
      </div>
      {!organization && organizations.length > 0 && (
        <div className="notice roles-choice">
          <span>{texts.chooseOrganization}</span>
          <SelectField
            label={texts.organization}
            quiet
            value={null}
            placeholder={texts.everyOrganization}
            options={organizations.map(({ id, name }) => ({ id, name }))}
            onChange={(id) => void navigate(withSearch({ organization: id }))}
          />
        </div>
      )}
      {problem && <ProblemBox problem={problem} retry={retry} />}
      {!roles && !problem && <RoleSkeleton />}
      {roles &&
        byKind(roles)
          .filter(seen)
          .map((group) => (
            <section key={group.kind} className="stack roles-kind" aria-labelledby={`roles-${group.kind}`}>
              <div>
                <h2 id={`roles-${group.kind}`}>{texts.ofKind[group.kind]}</h2>
                <p className="muted">{texts.ofKindNote[group.kind]}</p>
              </div>
              <table className="table roles-table" aria-labelledby={`roles-${group.kind}`}>
                <thead>
                  <tr>
                    <th scope="col" className="role-name">
                      {texts.columns.role}
                    </th>
                    <th scope="col" className="role-description">
                      {texts.columns.description}
                    </th>
                    <th scope="col" className="role-count">
                      {texts.columns.permissions}
                    </th>
                    <th scope="col" className="more-cell">
                      <span className="visually-hidden">{common.common.actions}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {group.roles.map((role) => (
                    <RoleRow key={role.id} role={role} />
                  ))}
                </tbody>
              </table>
            </section>
          ))}
    </>
  );
}

function RoleRow({ role }: { role: Role }) {
  const can = useCan();
  const keep = useKeepOrganization();
  const page = keep(rolePath(role.id));
  return (
    <tr>
      <th scope="row" className="role-name">
        <span className="row wrap">
          <Link to={page}>{role.name}</Link>
          {role.built_in && <Pill tone="quiet">{texts.builtIn}</Pill>}
        </span>
        <span className="role-about">{role.description}</span>
      </th>
      <td className="role-description">
        {role.description}
        {!role.assignable && <span className="muted"> {texts.notGiven}</span>}
      </td>
      <td className="role-count">
        {role.permissions.length === 0 ? (
          <span className="muted">{texts.none}</span>
        ) : (
          texts.permissions(role.permissions.length)
        )}
      </td>
      <td className="more-cell">
        <MenuButton
          placement="bottom end"
          groups={[
            {
              entries: [
                { id: "open", label: role.built_in || !can("roles.write") ? texts.open : texts.edit, href: page },
                ...(can("roles.write") && role.assignable
                  ? [{ id: "copy", label: texts.copy, href: keep("/roles/new", { copy: role.id }) }]
                  : []),
                ...(can("users.read")
                  ? [{ id: "who", label: texts.who, href: keep("/users", { role: role.id }) }]
                  : []),
              ],
            },
          ]}
        >
          <Button look="quiet" icon={<MoreIcon />} label={texts.actions(role.name)} />
        </MenuButton>
      </td>
    </tr>
  );
}

function RoleSkeleton() {
  return (
    <div className="stack" aria-hidden="true">
      {[140, 220, 180, 260, 160].map((width) => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  );
}
