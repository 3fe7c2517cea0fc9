import { type ReactNode, useState } from "react";
import type { Id } from "../api/types";
import { inOrganization } from "../console/routes";
import { useOrganization, useSession } from "../console/session";
import { Link, usePath } from "../router";
import { Find, has } from "../ui/find";
import { OrganizationIcon } from "../ui/icons";
import { texts } from "./texts";

/** What belongs to one organization; while none is chosen, a way to choose one. */
export function ForOrganization(p: { what: string; children: (organization: Id) => ReactNode }) {
  const { organizations } = useSession();
  const { id: chosen } = useOrganization();
  const path = usePath();
  const [text, setText] = useState("");
  if (chosen) return p.children(chosen);
  if (organizations.length === 0)
    return (
      <div className="empty">
        <h2>{texts.none}</h2>
        <p>{texts.which(p.what)}</p>
        <Link to="/settings/organizations?new=organization" className="button" data-look="primary">
          {texts.toOrganizations}
        </Link>
      </div>
    );
  const found = organizations.filter(({ name }) => has(name, text));
  return (
    <section className="which" aria-labelledby="which-organization">
      <h2 id="which-organization">{texts.whichTitle}</h2>
      <p className="muted">{texts.which(p.what)}</p>
      {organizations.length > 8 && <Find label={texts.organization} value={text} onChange={setText} />}
      <ul className="which-list">
        {found.map(({ id, name }) => (
          <li key={id}>
            <Link to={inOrganization(id, path)} className="menu-item">
              <OrganizationIcon />
              <span className="grow">{name}</span>
            </Link>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="muted">{texts.noMatch(text)}</p>}
    </section>
  );
}
