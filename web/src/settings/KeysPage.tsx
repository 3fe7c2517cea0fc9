import { type FormEvent, useCallback, useId, useState } from "react";
import { api, everyItem } from "../api/client";
import type { ApiKey, NewApiKey } from "../api/types";
import { useAction, useLoad } from "../api/use";
import { useSession } from "../console/session";
import { PasswordField, Username } from "../password/PasswordField";
import { texts as passwords } from "../password/texts";
import { useSearchState } from "../router";
import { texts as common } from "../texts/en";
import { ask, notify } from "../ui/announce";
import { Button, CopyButton, Field, ModalDialog, SelectField, Skeleton } from "../ui/controls";
import { KeyIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { Time } from "../ui/time";
import { texts } from "./texts";

const t = texts.keys;

/** One's own API keys. */
export function KeysPage() {
  const [search, setSearch] = useSearchState();
  const load = useCallback((signal: AbortSignal) => everyItem<ApiKey>((cursor) => api.apiKeys(cursor, signal)), []);
  const { data, problem, reload } = useLoad(load);
  return (
    <div className="stack keys">
      <div className="page-head settings-head">
        <p className="muted grow">{t.intro}</p>
        <Button look="primary" icon={<KeyIcon />} onPress={() => setSearch({ new: "key" })}>
          {t.add}
        </Button>
      </div>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {!data && !problem && (
        <div className="stack" aria-busy="true">
          <Skeleton width={200} />
          <Skeleton width={160} />
        </div>
      )}
      {data?.length === 0 && (
        <div className="empty">
          <h2>{t.none}</h2>
          <p>{t.noneBody}</p>
        </div>
      )}
      {data && data.length > 0 && (
        <table className="table keys-table" aria-label={t.mine}>
          <thead>
            <tr>
              <th scope="col">{t.columns.name}</th>
              <th scope="col" className="wide-only">
                {t.columns.created}
              </th>
              <th scope="col">{t.columns.ends}</th>
              <th scope="col">
                <span className="visually-hidden">{t.revoke}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.map((key) => (
              <KeyRow key={key.id} apiKey={key} onRevoked={reload} />
            ))}
          </tbody>
        </table>
      )}
      {search.get("new") === "key" && (
        <NewKey
          onClose={() => {
            setSearch({ new: null });
            reload();
          }}
        />
      )}
    </div>
  );
}

function KeyRow({ apiKey, onRevoked }: { apiKey: ApiKey; onRevoked: () => void }) {
  const revoke = useAction(async () => {
    const sure = await ask({
      title: t.ask(apiKey.name),
      body: t.askBody,
      confirm: t.revoke,
      cancel: t.keep,
      danger: true,
    });
    if (!sure) return;
    await api.revokeApiKey(apiKey.id);
    notify(t.revoked(apiKey.name));
    onRevoked();
  });
  return (
    <>
      <tr>
        <th scope="row">{apiKey.name}</th>
        <td className="muted wide-only">
          <Time at={apiKey.created_at} />
        </td>
        <td className="muted">
          {isOver(apiKey) && `${t.over} `}
          <Time at={apiKey.expires_at} />
        </td>
        <td className="end">
          <Button look="quiet" busy={revoke.busy} onPress={() => void revoke.run()}>
            {t.revoke}
            <span className="visually-hidden">: {apiKey.name}</span>
          </Button>
        </td>
      </tr>
      {revoke.problem && (
        <tr>
          <td colSpan={4}>
            <ProblemBox problem={revoke.problem} />
          </td>
        </tr>
      )}
    </>
  );
}

const isOver = (key: ApiKey) => Date.parse(key.expires_at) <= Date.now();

/** Days that can be chosen; the server takes any number up to a year. */
const DAYS = [7, 30, 90, 365];

function NewKey({ onClose }: { onClose: () => void }) {
  const { me } = useSession();
  const [name, setName] = useState("");
  const [days, setDays] = useState(90);
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const form = useId();
  // A key must be seen by whoever asked for it: every press of the button is a request of its own.
  const create = useAction(async () =>
    setMade(await api.createApiKey({ name: name.trim(), expires_in_days: days, password }, crypto.randomUUID())),
  );
  const wrong = create.problem?.errors.some((entry) => entry.code === "password_wrong") === true;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() && password) void create.run();
  };
  if (made)
    return (
      <ModalDialog
        title={t.ready}
        role="alertdialog"
        size="wide"
        onClose={onClose}
        actions={[{ label: t.done, look: "primary", onPress: onClose }]}
      >
        <p>{t.once}</p>
        <div className="key-box">
          <code>{made.key}</code>
          <CopyButton text={made.key} label={common.common.copy} />
        </div>
        <h3>{t.use}</h3>
        <pre className="key-use">
          <code>{`curl -H "Authorization: Bearer $KEY" ${location.origin}/v1/users`}</code>
        </pre>
      </ModalDialog>
    );
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
        {create.problem && !wrong && <ProblemBox problem={create.problem} />}
        <Field
          label={t.name}
          value={name}
          onChange={setName}
          autoFocus
          autoComplete="off"
          hint={t.nameHint}
          error={tried && !name.trim() ? t.nameMissing : undefined}
        />
        <SelectField
          label={t.goodFor}
          value={String(days)}
          onChange={(id) => setDays(Number(id))}
          options={DAYS.map((number) => ({ id: String(number), name: t.days(number) }))}
          hint={t.goodForHint}
        />
        <Username value={me.user.email} />
        <PasswordField
          label={passwords.current}
          name="current-password"
          autoComplete="current-password"
          value={password}
          onChange={(value) => {
            setPassword(value);
            create.clear();
          }}
          error={wrong ? t.passwordWrong : tried && !password ? t.passwordMissing : undefined}
        />
      </form>
    </ModalDialog>
  );
}
