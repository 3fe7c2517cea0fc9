import { useCallback } from "react";
import { api } from "../api/client";
import { useLoad } from "../api/use";
import { texts } from "../texts/en";
import { Skeleton } from "../ui/controls";
import { ProblemBox } from "../ui/problem";
import { Pill } from "../ui/status";
import "./roles.css";

export default function RolesPage() {
  const load = useCallback((signal: AbortSignal) => api.roles({}, signal), []);
  const { data, problem, reload } = useLoad(load);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{texts.roles.title}</h1>
      </div>
      <p className="muted">{texts.roles.intro}</p>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="table-scroll" tabIndex={0} aria-label={texts.roles.title}>
        <table className="table roles-table">
          <thead>
            <tr>
              <th scope="col">{texts.roles.role}</th>
              <th scope="col">{texts.roles.givenTo}</th>
              <th scope="col">{texts.roles.description}</th>
              <th scope="col">{texts.roles.permissions}</th>
            </tr>
          </thead>
          <tbody>
            {!data &&
              !problem &&
              [130, 90, 160, 120].map((width) => (
                <tr key={width} aria-hidden="true">
                  <td>
                    <Skeleton width={width} />
                  </td>
                  <td>
                    <Skeleton width={80} />
                  </td>
                  <td>
                    <Skeleton width={240} />
                  </td>
                  <td>
                    <Skeleton width={90} />
                  </td>
                </tr>
              ))}
            {data?.items.map((role) => (
              <tr key={role.id}>
                <th scope="row">
                  {role.name} {role.built_in && <Pill tone="quiet">{texts.roles.builtIn}</Pill>}
                </th>
                <td>
                  {role.assignable ? (
                    role.kinds.map((kind) => texts.kinds[kind] ?? kind).join(", ")
                  ) : (
                    <span className="muted">{texts.roles.notGiven}</span>
                  )}
                </td>
                <td className="role-description">{role.description}</td>
                <td className="role-permissions">
                  {role.permissions.length === 0 ? (
                    <span className="muted">{texts.roles.none}</span>
                  ) : (
                    <details>
                      <summary>{texts.roles.count(role.permissions.length)}</summary>
                      <ul>
                        {role.permissions.map((permission) => (
                          <li key={permission}>{texts.permissions[permission] ?? permission}</li>
                        ))}
                      </ul>
                    </details>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
