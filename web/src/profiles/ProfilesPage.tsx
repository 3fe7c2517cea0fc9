import { useRef, useState } from "react";
import { api } from "../api/client";
import type { ImportProfile } from "../api/types";
import { useAction } from "../api/use";
import { useCan, useKeepOrganization, useOrganization, useSession } from "../console/session";
import { download } from "../import/sheetText";
import { Link, navigate, usePath } from "../router";
import { ask, notify } from "../ui/announce";
import { Button, MenuButton, ModalDialog, Skeleton } from "../ui/controls";
import { DownloadIcon, ErrorIcon, MoreIcon, PlusIcon, TrashIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { Pill } from "../ui/status";
import { readDefinition } from "./definition";
import { ProfilePage } from "./ProfilePage";
import "./profiles.css";
import { opened } from "./opened";
import { texts as t } from "./texts";
import { isCustom, useProfiles } from "./useProfiles";

const ROOT = "/settings/import-profiles";

/** /settings/import-profiles, …/new?base= and …/:id */
export function ProfilesPage() {
  const rest = decodeURIComponent(usePath().slice(ROOT.length + 1));
  const { id: organization } = useOrganization();
  if (rest === "") return <List key={organization ?? ""} />;
  return <ProfilePage key={`${rest} ${organization ?? ""}`} id={rest === "new" ? null : rest} />;
}

function List() {
  const { id: organization } = useOrganization();
  const { me, organizations } = useSession();
  const keep = useKeepOrganization();
  const may = useCan()("organizations.write") && (organization !== undefined || me.organizations === "all");
  const { profiles, problem, refresh } = useProfiles(organization);
  const [choosing, setChoosing] = useState(false);
  const [notRead, setNotRead] = useState<string | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const nameOf = (id: string) => profiles?.find((each) => each.id === id)?.name ?? id;
  const builtIn = profiles?.filter((profile) => !isCustom(profile)) ?? [];
  const own = profiles?.filter(isCustom) ?? [];

  const readFile = async (file: File) => {
    const definition = readDefinition(await file.text());
    setNotRead(definition === null ? t.notAProfile(file.name) : null);
    if (definition === null) return;
    opened.put(definition);
    void navigate(keep(`${ROOT}/new`, { base: definition.base }));
  };
  const scopeOf = (profile: ImportProfile) =>
    !isCustom(profile)
      ? t.builtIn
      : profile.organization_id
        ? (organizations.find(({ id }) => id === profile.organization_id)?.name ?? t.columns.scope)
        : t.deployment;

  return (
    <div className="stack profiles">
      <div className="page-head settings-head">
        <p className="muted grow">{t.intro}</p>
        {may && (
          <>
            <Button onPress={() => picker.current?.click()}>{t.importFile}</Button>
            <input
              ref={picker}
              type="file"
              className="visually-hidden"
              tabIndex={-1}
              aria-hidden="true"
              accept=".json,application/json"
              onChange={(event) => {
                const file = event.target.files?.[0];
                event.target.value = "";
                if (file !== undefined) void readFile(file);
              }}
            />
            <Button look="primary" icon={<PlusIcon />} onPress={() => setChoosing(true)}>
              {t.add}
            </Button>
          </>
        )}
      </div>
      {notRead !== null && (
        <div className="problem" role="alert">
          <ErrorIcon />
          <div className="problem-body">{notRead}</div>
        </div>
      )}
      {problem && <ProblemBox problem={problem} retry={() => void refresh()} />}
      {!profiles && !problem && (
        <div className="stack" aria-busy="true">
          <Skeleton width={220} />
          <Skeleton width="50%" />
          <Skeleton width="40%" />
        </div>
      )}
      {profiles && (
        <table className="table profiles-table" aria-label={t.list}>
          <thead>
            <tr>
              <th scope="col">{t.columns.name}</th>
              <th scope="col">{t.columns.makes}</th>
              <th scope="col">{t.columns.scope}</th>
              <th scope="col" className="end wide-only">
                {t.columns.version}
              </th>
              <th scope="col" className="more-cell">
                <span className="visually-hidden">{t.actions("")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {[...own, ...builtIn].map((profile) => (
              <Row
                key={profile.id}
                profile={profile}
                from={profile.base ? nameOf(profile.base) : null}
                scope={scopeOf(profile)}
                // One of the whole deployment is changed where all of it is looked at.
                mayChange={may && isCustom(profile) && (profile.organization_id ?? undefined) === organization}
                mayMake={may && (profile.kind !== "technician" || organization === undefined)}
                onGone={() => void refresh()}
              />
            ))}
          </tbody>
        </table>
      )}
      {profiles && own.length === 0 && (
        <p className="profiles-none">
          <strong>{t.none}.</strong> <span className="muted">{t.noneBody}</span>
        </p>
      )}
      {choosing && (
        <ModalDialog title={t.choose} onClose={() => setChoosing(false)}>
          <p className="muted">{t.chooseBody}</p>
          <ul className="which-list">
            {builtIn
              .filter(({ kind }) => kind !== "technician" || organization === undefined)
              .map((profile) => (
                <li key={profile.id}>
                  <Link to={keep(`${ROOT}/new`, { base: profile.id })} className="menu-item">
                    <span className="grow">{profile.name}</span>
                    <span className="muted">{t.kinds[profile.kind] ?? profile.kind}</span>
                  </Link>
                </li>
              ))}
          </ul>
        </ModalDialog>
      )}
    </div>
  );
}

function Row(p: {
  profile: ImportProfile;
  from: string | null;
  scope: string;
  mayChange: boolean;
  mayMake: boolean;
  onGone: () => void;
}) {
  const { profile } = p;
  const keep = useKeepOrganization();
  const path = `${ROOT}/${encodeURIComponent(profile.id)}`;
  const custom = isCustom(profile);
  const save = useAction(async () => {
    const definition = await api.profileDefinition(profile.id);
    const name = `${
      profile.name
        .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
        .replace(/^-|-$/g, "")
        .toLowerCase() || "profile"
    }.json`;
    download(new Blob([`${JSON.stringify(definition, null, 2)}\n`], { type: "application/json" }), name);
    notify(t.exported(name));
  });
  const remove = useAction(async () => {
    const sure = await ask({
      title: t.askRemove(profile.name),
      body: t.removeBody,
      confirm: t.remove,
      cancel: t.keep,
      danger: true,
    });
    if (!sure) return;
    await api.deleteProfile(profile.id, profile.version);
    notify(t.removed(profile.name));
    p.onGone();
  });
  const copy = () => void navigate(keep(`${ROOT}/new`, custom ? { of: profile.id } : { base: profile.id }));
  const problem = save.problem ?? remove.problem;
  return (
    <>
      <tr>
        <th scope="row">
          {custom ? <Link to={keep(path)}>{profile.name}</Link> : profile.name}
          {p.from !== null && <span className="profiles-from">{t.madeFrom(p.from)}</span>}
        </th>
        <td>{t.kinds[profile.kind] ?? profile.kind}</td>
        <td>{custom ? p.scope : <Pill tone="quiet">{p.scope}</Pill>}</td>
        <td className="end wide-only">{profile.version}</td>
        <td className="more-cell">
          <MenuButton
            placement="bottom end"
            groups={[
              {
                entries: [
                  ...(custom
                    ? [{ id: "edit", label: p.mayChange ? t.edit : t.open, onPress: () => void navigate(keep(path)) }]
                    : []),
                  ...(p.mayMake ? [{ id: "make", label: custom ? t.copy : t.makeFrom, onPress: copy }] : []),
                  {
                    id: "export",
                    label: t.exportFile,
                    icon: <DownloadIcon />,
                    onPress: () => void save.run(),
                  },
                ],
              },
              ...(p.mayChange
                ? [
                    {
                      entries: [
                        {
                          id: "remove",
                          label: t.remove,
                          icon: <TrashIcon />,
                          danger: true,
                          onPress: () => void remove.run(),
                        },
                      ],
                    },
                  ]
                : []),
            ]}
          >
            <Button look="quiet" icon={<MoreIcon />} label={t.actions(profile.name)} busy={save.busy || remove.busy} />
          </MenuButton>
        </td>
      </tr>
      {problem && (
        <tr>
          <td colSpan={5}>
            <ProblemBox problem={problem} />
          </td>
        </tr>
      )}
    </>
  );
}
