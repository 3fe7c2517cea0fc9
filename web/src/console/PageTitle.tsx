import type { ReactNode } from "react";
import { useOrganization } from "./session";

/** A page's heading, with the organization that it shows: the switcher is out of sight on a phone. */
export function PageTitle({ children }: { children: ReactNode }) {
  const { organization } = useOrganization();
  return (
    <div className="page-title">
      <h1>{children}</h1>
      {organization && <span className="muted">{organization.name}</span>}
    </div>
  );
}
