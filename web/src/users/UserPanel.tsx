import { useCallback, useEffect, useRef } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { api } from "../api/client";
import type { Id, User } from "../api/types";
import { useLoad } from "../api/use";
import { useSession } from "../console/session";
import { useRoles } from "../roles/useRoles";
import { useSearchState } from "../router";
import { texts } from "../texts/en";
import { Button, Skeleton } from "../ui/controls";
import { CloseIcon, MailIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { PersonPill } from "../ui/status";
import { Time } from "../ui/time";
import { CloneUserDialog } from "./CloneUserDialog";
import { EditUserDialog } from "./EditUserDialog";
import { may as mayDo } from "./may";
import { AccessTab } from "./panel/AccessTab";
import { DetailsTab } from "./panel/DetailsTab";
import { HistoryTab } from "./panel/HistoryTab";
import { InvitationTab, Undelivered } from "./panel/InvitationTab";
import { SecurityTab } from "./panel/SecurityTab";
import { texts as t } from "./texts";

const TABS = ["details", "access", "invitation", "security", "history"] as const;

/** One person, part by part; which part stands in the URL, as does an edit that is open. */
export function UserPanel(p: {
  id: Id;
  known: User | undefined;
  onClose: () => void;
  onChanged: (user: User) => void;
  onRemoved: (id: Id) => void;
  onAdded: () => void;
}) {
  const { me } = useSession();
  const [search, setSearch] = useSearchState();
  const load = useCallback((signal: AbortSignal) => api.user(p.id, signal), [p.id]);
  const loaded = useLoad(load, 5000);
  const heading = useRef<HTMLHeadingElement>(null);
  const user = newer(loaded.data, p.known);
  const roles = useRoles(user?.organization_id ?? null);
  const may = user ? mayDo(me, user, roles) : null;
  const tab = TABS.find((id) => id === search.get("tab")) ?? "details";
  const dialog = search.get("edit");

  useEffect(() => heading.current?.focus(), []);

  const changed = (next: User) => {
    p.onChanged(next);
    loaded.reload();
  };
  const closeDialog = () => setSearch({ edit: null }, { replace: true });

  return (
    <aside
      className="panel"
      aria-label={texts.users.panel.label}
      onKeyDown={(event) => {
        const inDialog = (event.target as HTMLElement).closest("[role=dialog], [role=alertdialog]");
        if (event.key === "Escape" && !event.defaultPrevented && !inDialog) p.onClose();
      }}
    >
      <div className="panel-head">
        <div className="grow">
          <h2 ref={heading} tabIndex={-1}>
            {user ? user.name || user.email : loaded.problem ? texts.users.panel.gone : <Skeleton width={140} />}
          </h2>
        </div>
        {may?.clone && (
          <Button look="quiet" onPress={() => setSearch({ edit: "clone" })}>
            {t.details.clone}
          </Button>
        )}
        {may?.edit && <Button onPress={() => setSearch({ edit: "user" })}>{texts.users.panel.edit}</Button>}
        <Button look="quiet" icon={<CloseIcon />} label={texts.common.close} shortcut="Esc" onPress={p.onClose} />
      </div>
      {user && may ? (
        <>
          <div className="panel-top">
            <div className="row wrap">
              <PersonPill user={user} />
            </div>
            {user.email_change && (
              <div className="notice email-change">
                <MailIcon />
                <div>
                  <strong className="break">{t.details.waits(user.email_change.email)}</strong>
                  <div className="muted">
                    {t.details.waitsBody} <Time at={user.email_change.expires_at} />.
                  </div>
                </div>
              </div>
            )}
            <Undelivered key={user.email} user={user} may={may} onChanged={changed} />
          </div>
          <Tabs
            className="panel-tabs"
            selectedKey={tab}
            onSelectionChange={(key) => setSearch({ tab: key === "details" ? null : String(key) }, { replace: true })}
          >
            <TabList className="tabs" data-scroll="" aria-label={t.tabs.label}>
              {TABS.map((id) => (
                <Tab key={id} id={id} className="tab">
                  {t.tabs[id]}
                </Tab>
              ))}
            </TabList>
            <TabPanel id="details" className="panel-body">
              <DetailsTab user={user} />
            </TabPanel>
            <TabPanel id="access" className="panel-body">
              <AccessTab user={user} />
            </TabPanel>
            <TabPanel id="invitation" className="panel-body">
              <InvitationTab user={user} may={may} onChanged={changed} />
            </TabPanel>
            <TabPanel id="security" className="panel-body">
              <SecurityTab user={user} may={may} onChanged={changed} onRemoved={p.onRemoved} />
            </TabPanel>
            <TabPanel id="history" className="panel-body">
              <HistoryTab key={user.version} id={user.id} organization={user.organization_id} />
            </TabPanel>
          </Tabs>
          {dialog === "user" && may.edit && (
            <EditUserDialog
              user={user}
              onClose={closeDialog}
              onSaved={(saved) => {
                closeDialog();
                changed(saved);
              }}
            />
          )}
          {dialog === "clone" && may.clone && (
            <CloneUserDialog
              source={user}
              onClose={closeDialog}
              onAdded={(added) => {
                p.onAdded();
                setSearch({ edit: null, user: added.id, tab: null });
              }}
            />
          )}
        </>
      ) : (
        <div className="panel-body">
          {loaded.problem?.status === 404 ? (
            <p className="muted">{texts.users.panel.goneBody}</p>
          ) : loaded.problem ? (
            <ProblemBox problem={loaded.problem} retry={loaded.reload} />
          ) : (
            <Skeleton width="60%" />
          )}
        </div>
      )}
    </aside>
  );
}

/**
 * The list's copy and the panel's own are refreshed apart from each other; the one of the higher version is shown.
 * What only a single answer has stays until there is a newer one.
 */
function newer(mine: User | undefined, listed: User | undefined): User | undefined {
  if (!mine || !listed) return mine ?? listed;
  return listed.version > mine.version ? { ...listed, modules: mine.modules } : mine;
}
