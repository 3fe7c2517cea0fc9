import { type FormEvent, useId, useMemo, useState } from "react";
import { api } from "../api/client";
import { useAction } from "../api/use";
import { useCan, useSession } from "../console/session";
import { Link, navigate, useSearchState, withSearch } from "../router";
import { texts as common } from "../texts/en";
import { notify } from "../ui/announce";
import { Button, Field, ModalDialog, SelectField } from "../ui/controls";
import { Find, has } from "../ui/find";
import { PlusIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { count, Time } from "../ui/time";
import { useIdempotency } from "../users/useIdempotency";
import { countries, countryName } from "./countries";
import { texts } from "./texts";

const t = texts.organizations;

const settingsOf = (id: string) => withSearch({ organization: id }, "/settings", "");
const usersOf = (id: string) => withSearch({ organization: id }, "/users", "");

export function OrganizationsPage() {
  const { me, organizations } = useSession();
  const can = useCan();
  const [search, setSearch] = useSearchState();
  const [text, setText] = useState("");
  const may = can("organizations.write") && me.organizations === "all";
  const found = organizations.filter(({ name }) => has(name, text));
  return (
    <div className="stack">
      <div className="page-head settings-head">
        <p className="muted grow">{t.intro}</p>
        {may && (
          <Button look="primary" icon={<PlusIcon />} onPress={() => setSearch({ new: "organization" })}>
            {t.add}
          </Button>
        )}
      </div>
      {organizations.length === 0 ? (
        <div className="empty">
          <h2>{t.empty}</h2>
          <p>{t.emptyBody}</p>
        </div>
      ) : (
        <>
          {organizations.length > 12 && <Find label={t.find} value={text} onChange={setText} />}
          {found.length === 0 ? (
            <p className="muted">{t.noMatch(text)}</p>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
            <section className="table-scroll" tabIndex={0} aria-label={texts.tabs.organizations}>
              <table className="table organizations-table">
                <thead>
                  <tr>
                    <th scope="col">{t.columns.name}</th>
                    <th scope="col">{t.columns.country}</th>
                    <th scope="col" className="end">
                      {t.columns.users}
                    </th>
                    <th scope="col" className="end">
                      {t.columns.registered}
                    </th>
                    <th scope="col">{t.columns.created}</th>
                  </tr>
                </thead>
                <tbody>
                  {found.map((organization) => (
                    <tr key={organization.id}>
                      <th scope="row">
                        <Link to={settingsOf(organization.id)} aria-label={t.settingsOf(organization.name)}>
                          {organization.name}
                        </Link>
                      </th>
                      <td>
                        {organization.default_country ? countryName(organization.default_country) : common.common.none}
                      </td>
                      <td className="end">
                        {can("users.read") ? (
                          <Link
                            to={usersOf(organization.id)}
                            aria-label={`${t.usersOf(organization.name)}: ${count(organization.counts.users)}`}
                          >
                            {count(organization.counts.users)}
                          </Link>
                        ) : (
                          count(organization.counts.users)
                        )}
                      </td>
                      <td className="end">{count(organization.counts.active)}</td>
                      <td className="muted">
                        <Time at={organization.created_at} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )}
        </>
      )}
      {search.get("new") === "organization" && may && <NewOrganization onClose={() => setSearch({ new: null })} />}
    </div>
  );
}

function NewOrganization({ onClose }: { onClose: () => void }) {
  const { refresh } = useSession();
  const [name, setName] = useState("");
  const [country, setCountry] = useState("");
  const [missing, setMissing] = useState(false);
  const form = useId();
  const options = useMemo(() => [{ id: "", name: texts.organization.noCountry }, ...countries()], []);
  const idempotencyKey = useIdempotency();
  const create = useAction(async () => {
    const organization = { name: name.trim(), ...(country ? { default_country: country } : {}) };
    const made = await api.createOrganization(organization, idempotencyKey(organization));
    notify(t.created(made.name));
    refresh();
    // Its settings are what comes next.
    void navigate(settingsOf(made.id), { replace: true });
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!name.trim());
    if (name.trim()) void create.run();
  };
  const taken = create.problem?.code === "name_taken" ? common.problems.name_taken?.title : undefined;
  const refused = taken ?? create.problem?.errors.find(({ field }) => field === "name")?.detail;
  return (
    <ModalDialog
      title={t.add}
      onClose={onClose}
      actions={[
        { label: common.common.cancel, look: "quiet", onPress: onClose },
        { label: t.create, look: "primary", busy: create.busy, submit: form },
      ]}
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        {create.problem && !refused && <ProblemBox problem={create.problem} />}
        <Field
          label={texts.organization.name}
          value={name}
          onChange={(next) => {
            setName(next);
            create.clear();
          }}
          autoFocus
          autoComplete="off"
          error={missing && !name.trim() ? texts.organization.nameMissing : refused}
        />
        <SelectField
          label={texts.organization.country}
          optional
          value={country}
          onChange={setCountry}
          options={options}
          hint={texts.organization.countryHint}
        />
      </form>
    </ModalDialog>
  );
}
