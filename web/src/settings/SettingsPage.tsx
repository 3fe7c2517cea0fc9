import { type FormEvent, useId, useMemo, useRef, useState } from "react";
import { api } from "../api/client";
import type { ApiKey } from "../api/types";
import { useAction } from "../api/use";
import { useCan, useSession } from "../console/session";
import { Link, useSearchState } from "../router";
import { texts } from "../texts/en";
import { notify } from "../ui/announce";
import { Button, CopyButton, Field, ModalDialog, SelectField } from "../ui/controls";
import { KeyIcon, PlusIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { count, Time } from "../ui/time";
import "./settings.css";

export default function SettingsPage() {
  const { organizations } = useSession();
  const can = useCan();
  const [search, setSearch] = useSearchState();
  const opened = search.get("new");
  return (
    <div className="page settings">
      <h1>{texts.settings.title}</h1>
      <section className="stack" aria-labelledby="organizations">
        <div className="page-head">
          <h2 id="organizations">{texts.settings.organizations}</h2>
          {can("organizations.write") && (
            <Button icon={<PlusIcon />} onPress={() => setSearch({ new: "organization" })}>
              {texts.settings.newOrganization}
            </Button>
          )}
        </div>
        {organizations.length === 0 ? (
          <div className="empty">
            <h3>{texts.settings.noOrganizations}</h3>
            <p>{texts.settings.noOrganizationsBody}</p>
          </div>
        ) : (
          <div className="table-scroll">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{texts.settings.columns.name}</th>
                  <th scope="col">{texts.settings.columns.country}</th>
                  <th scope="col" className="end">
                    {texts.settings.columns.users}
                  </th>
                  <th scope="col" className="end">
                    {texts.settings.columns.registered}
                  </th>
                  <th scope="col">{texts.settings.columns.created}</th>
                </tr>
              </thead>
              <tbody>
                {organizations.map((organization) => (
                  <tr key={organization.id}>
                    <td>
                      <Link
                        to={`/users?organization=${encodeURIComponent(organization.id)}`}
                        aria-label={texts.settings.openUsers(organization.name)}
                      >
                        {organization.name}
                      </Link>
                    </td>
                    <td>
                      {organization.default_country ? countryName(organization.default_country) : texts.common.none}
                    </td>
                    <td className="end">{count(organization.counts.users)}</td>
                    <td className="end">{count(organization.counts.active)}</td>
                    <td className="muted">
                      <Time at={organization.created_at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      {can("api_keys.write") && (
        <section className="stack settings-section" aria-labelledby="api-keys">
          <div className="page-head">
            <h2 id="api-keys">{texts.settings.apiKeys}</h2>
            <Button icon={<KeyIcon />} onPress={() => setSearch({ new: "key" })}>
              {texts.settings.createKey}
            </Button>
          </div>
          <p className="muted">{texts.settings.keysIntro}</p>
        </section>
      )}
      {opened === "organization" && can("organizations.write") && (
        <NewOrganization onClose={() => setSearch({ new: null })} />
      )}
      {opened === "key" && can("api_keys.write") && <NewKey onClose={() => setSearch({ new: null })} />}
    </div>
  );
}

const regions = new Intl.DisplayNames(["en"], { type: "region" });
const countryName = (code: string) => {
  try {
    return regions.of(code) ?? code;
  } catch {
    return code;
  }
};

/** Every region that the browser can name; which of them have a numbering plan is the server's to say. */
function countries(): { id: string; name: string }[] {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const none = new Set(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"]);
  return letters
    .flatMap((a) => letters.map((b) => a + b))
    .filter((code) => !none.has(code) && countryName(code) !== code && !withdrawn(code))
    .map((code) => ({ id: code, name: countryName(code) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Such a code stands for its successor. */
function withdrawn(code: string): boolean {
  return Intl.getCanonicalLocales(`und-${code}`)[0] !== `und-${code}`;
}

function NewOrganization({ onClose }: { onClose: () => void }) {
  const { refresh } = useSession();
  const [name, setName] = useState("");
  const [country, setCountry] = useState("");
  const [missing, setMissing] = useState(false);
  const form = useId();
  const options = useMemo(() => [{ id: "", name: texts.settings.noCountry }, ...countries()], []);
  const key = useRef({ value: "", of: "" });
  const create = useAction(async () => {
    const organization = { name: name.trim(), ...(country ? { default_country: country } : {}) };
    const body = JSON.stringify(organization);
    if (key.current.of !== body) key.current = { of: body, value: crypto.randomUUID() };
    const made = await api.createOrganization(organization, key.current.value);
    notify(texts.settings.organizationCreated(made.name));
    refresh();
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!name.trim());
    if (name.trim()) void create.run();
  };
  return (
    <ModalDialog
      title={texts.settings.newOrganization}
      onClose={onClose}
      actions={[
        { label: texts.common.cancel, look: "quiet", onPress: onClose },
        { label: texts.settings.createOrganization, look: "primary", busy: create.busy, submit: form },
      ]}
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        {create.problem && <ProblemBox problem={create.problem} />}
        <Field
          label={texts.settings.organizationName}
          value={name}
          onChange={setName}
          autoFocus
          autoComplete="off"
          error={missing && !name.trim() ? texts.settings.enterName : undefined}
        />
        <SelectField
          label={texts.settings.defaultCountry}
          optional
          value={country}
          onChange={setCountry}
          options={options}
          hint={texts.settings.defaultCountryHint}
        />
      </form>
    </ModalDialog>
  );
}

function NewKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [missing, setMissing] = useState(false);
  const [made, setMade] = useState<ApiKey | null>(null);
  const form = useId();
  // A key must be seen by whoever asked for it: every press of the button is a request of its own.
  const create = useAction(async () => setMade(await api.createApiKey(name.trim(), crypto.randomUUID())));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!name.trim());
    if (name.trim()) void create.run();
  };
  if (made)
    return (
      <ModalDialog
        title={texts.settings.keyReady}
        role="alertdialog"
        size="wide"
        onClose={onClose}
        actions={[{ label: texts.settings.keyDone, look: "primary", onPress: onClose }]}
      >
        <p>{texts.settings.keyOnce}</p>
        <div className="key-box">
          <code>{made.key}</code>
          <CopyButton text={made.key} label={texts.common.copy} />
        </div>
        <h3>{texts.settings.keyUse}</h3>
        <pre className="key-use">
          <code>{`curl -H "Authorization: Bearer $KEY" ${location.origin}/v1/users`}</code>
        </pre>
      </ModalDialog>
    );
  return (
    <ModalDialog
      title={texts.settings.createKey}
      onClose={onClose}
      actions={[
        { label: texts.common.cancel, look: "quiet", onPress: onClose },
        { label: texts.settings.createKey, look: "primary", busy: create.busy, submit: form },
      ]}
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        {create.problem && <ProblemBox problem={create.problem} />}
        <Field
          label={texts.settings.keyName}
          value={name}
          onChange={setName}
          autoFocus
          autoComplete="off"
          hint={texts.settings.keyNameHint}
          error={missing && !name.trim() ? texts.settings.enterName : undefined}
        />
      </form>
    </ModalDialog>
  );
}
